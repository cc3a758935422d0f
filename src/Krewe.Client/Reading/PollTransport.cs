using System.Globalization;
using System.Runtime.CompilerServices;

namespace Krewe.Client;

/// <summary>Polling and long-polling: one request after the other.</summary>
/// <param name="wait">How long the server holds an empty answer; zero: plain polling.</param>
/// <param name="pause">How long to wait after an empty answer.</param>
internal sealed class PollTransport(Api api, TimeSpan wait, TimeSpan pause) : IMailboxTransport
{
    public async IAsyncEnumerable<Signal> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        api.RequireToken();
        while (true)
        {
            var page = await AskAsync(after, cancellationToken).ConfigureAwait(false);
            yield return Signal.Open;
            foreach (var item in page.Items) yield return new Signal(new ItemReceived(item));
            after = page.Next;
            if (page.Items.Count == 0 && pause > TimeSpan.Zero) await Task.Delay(pause, api.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ItemPage> AskAsync(long after, CancellationToken cancellationToken)
    {
        var seconds = (int)wait.TotalSeconds;
        using var timeout = new CancellationTokenSource(wait + api.Options.RequestTimeout, api.Options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var path = string.Create(CultureInfo.InvariantCulture, $"/v1/mailbox?after={after}&limit=500") + (seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"&wait={seconds}") : "");
        try
        {
            using var response = await api.SendOpenAsync(Api.Request(HttpMethod.Get, path), HttpCompletionOption.ResponseContentRead, both.Token).ConfigureAwait(false);
            return await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync(response.Content, KreweJson.Default.ItemPage, both.Token).ConfigureAwait(false)
                ?? throw new IOException("The server answered without a body.");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The server did not answer in time.");
        }
    }
}
