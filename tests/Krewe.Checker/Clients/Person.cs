using Krewe.Client;

namespace Krewe.Checker.Clients;

/// <summary>A user of the run.</summary>
/// <param name="Name">Local part of the address.</param>
internal sealed record Person(string Name)
{
    public const string Password = "wherefore art thou";

    // Nobody has it.
    public const string Nobody = "nobody@localhost";

    public string Address => $"{Name}@localhost";

    /// <summary>The device that goes from transport to transport.</summary>
    public required Token Phone { get; init; }

    /// <summary>The device that holds a WebSocket and sends.</summary>
    public required Token Desk { get; init; }
}
