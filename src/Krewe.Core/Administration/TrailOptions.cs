using System.ComponentModel.DataAnnotations;

namespace Krewe.Core.Administration;

/// <summary>What silos remember of the way of single messages, <c>Krewe:Trace</c>.</summary>
public sealed class TrailOptions
{
    /// <summary>Steps of messages that a silo remembers for the operator's trace, the newest; a message has about six, a step takes about 300 bytes once used. 0: none. Default: 32 768.</summary>
    [Range(0, 4_000_000)] public int Steps { get; set; } = 32_768;

    /// <summary>One message in so many is remembered, chosen by its id, with all its steps on all silos: 1 is every message. Default: 1.</summary>
    [Range(1, 1_000_000)] public int SampleEvery { get; set; } = 1;
}
