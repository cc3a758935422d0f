using Krewe.Client;

namespace Krewe.TestKit.Tests;

internal static class SocketReading
{
    public static async Task<Item> NextItemAsync(this IAsyncEnumerator<KreweEvent> events)
    {
        while (await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)))
        {
            if (events.Current is ItemReceived { Item: var item }) return item;
        }
        throw new InvalidOperationException("The socket ended before the item came.");
    }
}
