using System.Runtime.CompilerServices;

namespace Krewe.Client;

internal sealed class WebSocketTransport(Api api) : IMailboxTransport
{
    public async IAsyncEnumerable<Signal> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var socket = await KreweSocket.ConnectAsync(api, after, cancellationToken).ConfigureAwait(false);
        yield return Signal.Open;
        await foreach (var told in socket.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return new Signal(told);
    }
}
