namespace Krewe.Client;

/// <summary>Reads what comes after a cursor until the connection ends. Throws <see cref="KreweException"/> when refused,
/// <see cref="HttpRequestException"/> or <see cref="IOException"/> when it breaks.</summary>
internal interface IMailboxTransport
{
    IAsyncEnumerable<Signal> ReadAsync(long after, CancellationToken cancellationToken);
}

/// <summary>Either "the transport works" (no event) or something that the server told.</summary>
internal readonly record struct Signal(KreweEvent? Event)
{
    public static Signal Open => default;
}
