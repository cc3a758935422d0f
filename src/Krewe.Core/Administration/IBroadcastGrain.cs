using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;

namespace Krewe.Core.Administration;

/// <summary>Puts a message of the operator into many mailboxes, one broadcast at a time and at a bounded rate; one for the cluster, key 0. Goes on after a kill where it was.</summary>
[Alias("krewe.IBroadcastGrain")]
public interface IBroadcastGrain : IGrainWithIntegerKey
{
    /// <summary>Begins. The same id with the same content again changes nothing; <see cref="FaultCode.IdConflict"/> with another, <see cref="FaultCode.TooMany"/> while another one runs.</summary>
    /// <param name="audience">Whom it goes to; empty with <see cref="BroadcastTo.All"/>.</param>
    [Alias("Start")]
    ValueTask<Outcome<Done>> StartAsync(BroadcastOrder order, ImmutableArray<Jid> audience);

    /// <summary>The last ones, the newest first.</summary>
    [Alias("List")]
    ValueTask<ImmutableArray<BroadcastReport>> ListAsync();

    /// <summary>Who has the message keeps it. <see cref="FaultCode.NotFound"/> if none of this id runs.</summary>
    [Alias("Stop")]
    ValueTask<Outcome<Done>> StopAsync(string id);

    /// <summary>Loads the grain, which goes on with what it finds.</summary>
    [Alias("Resume")]
    ValueTask ResumeAsync();
}

/// <summary>Whom a broadcast goes to.</summary>
[GenerateSerializer, Alias("krewe.BroadcastTo")]
public enum BroadcastTo
{
    /// <summary>Those who had a live session when it began.</summary>
    Online = 1,
    /// <summary>Everybody with an account.</summary>
    All,
}

/// <summary>How a broadcast stands.</summary>
[GenerateSerializer, Alias("krewe.BroadcastState")]
public enum BroadcastState
{
    Running = 1,
    Done,
    Stopped,
}

/// <param name="Sounds">Devices that sleep are told as of other messages; else silently.</param>
[GenerateSerializer, Immutable, Alias("krewe.BroadcastOrder")]
public sealed record BroadcastOrder([property: Id(0)] string Id, [property: Id(1)] string Body, [property: Id(2)] BroadcastTo To, [property: Id(3)] bool Sounds);

/// <param name="Audience">How many it goes to; null: not known beforehand.</param>
/// <param name="PassedOver">Disabled and deleted users.</param>
/// <param name="Failed">Mailboxes that could not be reached although it was tried for half a minute.</param>
[GenerateSerializer, Immutable, Alias("krewe.BroadcastReport")]
public sealed record BroadcastReport(
    [property: Id(0)] BroadcastOrder Order, [property: Id(1)] BroadcastState State, [property: Id(2)] DateTimeOffset Begun, [property: Id(3)] DateTimeOffset? Ended,
    [property: Id(4)] int? Audience, [property: Id(5)] long Reached, [property: Id(6)] long PassedOver, [property: Id(7)] long Failed);
