using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Client.Tests;

public sealed class MailboxReaderTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private ScriptedServer _server = null!;

    public static TheoryData<Transport> Transports =>
        [Transport.WebSocket, Transport.ServerSentEvents, Transport.Ndjson, Transport.LongPoll, Transport.Poll];

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Items_before_and_after_the_connection_come_once_and_in_order(Transport transport)
    {
        _server.Append(3);
        using var client = _server.Client();
        var reader = client.CreateReader(new() { Transports = [transport], PollInterval = TimeSpan.FromMilliseconds(1) });
        Assert.Equal([1, 2, 3, 4, 5], await ReadAsync(reader, 5, seq =>
        {
            if (seq == 3) _server.Append(2);
        }));
    }

    [Theory]
    [InlineData(Transport.WebSocket)]
    [InlineData(Transport.ServerSentEvents)]
    [InlineData(Transport.Ndjson)]
    public async Task A_connection_that_breaks_again_and_again_loses_and_repeats_nothing(Transport transport)
    {
        _server.Append(50);
        _server.BreakAfter = 7;
        using var client = _server.Client();
        var reader = client.CreateReader(new() { Transports = [transport] });
        Assert.Equal(Enumerable.Range(1, 50).Select(n => (long)n), await ReadAsync(reader, 50));
        Assert.True(_server.Requests.Count >= 8, $"It broke after 7 items, and {_server.Requests.Count} connections were made.");
    }

    [Fact]
    public async Task Refused_transports_give_way_to_the_next_one_in_the_list()
    {
        _server.Append(2);
        _server.Fault = context => context.Request.Path == "/v1/mailbox" && !context.Request.Query.ContainsKey("wait")
            ? Task.FromResult(false)
            : ScriptedServer.RefuseAsync(context, 501, "internal");
        using var client = _server.Client();
        var reader = client.CreateReader();
        Assert.Equal([1, 2], await ReadAsync(reader, 2));
        Assert.Equal(Transport.Poll, reader.Transport);
        Assert.Equal(["/v1/ws", "/v1/mailbox/stream", "/v1/mailbox", "/v1/mailbox"], _server.Requests);
    }

    [Fact]
    public async Task A_lesser_transport_is_left_when_a_better_one_works_again()
    {
        var webSocketWorks = false;
        _server.Fault = context => context.Request.Path == "/v1/ws" && !webSocketWorks
            ? ScriptedServer.RefuseAsync(context, 501, "internal") : Task.FromResult(false);
        _server.Append(1);
        var time = new FakeTimeProvider();
        using var client = _server.Client(time);
        var reader = client.CreateReader(new() { ClimbAfter = TimeSpan.FromMinutes(2) });
        var used = new List<Transport>();
        reader.Opened += transport =>
        {
            used.Add(transport);
            if (transport == Transport.WebSocket) _server.Append(1);
        };
        Assert.Equal([1, 2], await ReadAsync(reader, 2, seq =>
        {
            webSocketWorks = true;
            if (seq == 1) _ = Task.Run(() => time.Advance(TimeSpan.FromMinutes(2)));
        }));
        Assert.Equal([Transport.ServerSentEvents, Transport.WebSocket], used);
    }

    [Fact]
    public async Task Repeated_items_are_dropped_and_a_hole_is_read_again()
    {
        _server.Append(6);
        var asked = 0;
        _server.Order = after => ++asked == 1 ? [1, 2, 2, 1, 5, 6] : Enumerable.Range((int)after + 1, 6 - (int)after).Select(n => (long)n);
        using var client = _server.Client();
        var reader = client.CreateReader(new() { Transports = [Transport.ServerSentEvents] });
        Assert.Equal([1, 2, 3, 4, 5, 6], await ReadAsync(reader, 6));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_refused_token_ends_the_reading(Transport transport)
    {
        _server.Fault = context => ScriptedServer.RefuseAsync(context, 401, "unauthorized");
        using var client = _server.Client();
        var error = await Assert.ThrowsAsync<KreweException>(() => ReadAsync(client.CreateReader(new() { Transports = [transport] }), 1));
        Assert.Equal("unauthorized", error.Code);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_trimmed_cursor_ends_the_reading_and_names_the_first_item(Transport transport)
    {
        _server.Fault = context => ScriptedServer.RefuseAsync(context, 410, "cursor-expired", ""","first":40""");
        using var client = _server.Client();
        var error = await Assert.ThrowsAsync<KreweException>(() => ReadAsync(client.CreateReader(new() { Transports = [transport] }), 1));
        Assert.Equal(("cursor-expired", 40), (error.Code, error.First));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_skips_trimmed_items_goes_on_with_the_first_that_is_left(Transport transport)
    {
        _server.Append(12);
        _server.Fault = context => context.Request.Query["after"] == "0"
            ? ScriptedServer.RefuseAsync(context, 410, "cursor-expired", ""","first":11""") : Task.FromResult(false);
        using var client = _server.Client();
        Assert.Equal([11, 12], await ReadAsync(client.CreateReader(new() { Transports = [transport], SkipTrimmed = true }), 2));
    }

    [Fact]
    public async Task Switching_goes_on_from_the_cursor_on_the_transport_that_was_asked_for()
    {
        _server.Append(9);
        using var client = _server.Client();
        var reader = client.CreateReader();
        var used = new List<Transport>();
        reader.Opened += used.Add;
        Assert.Equal(Enumerable.Range(1, 9).Select(n => (long)n), await ReadAsync(reader, 9, seq =>
        {
            if (seq == 3) reader.SwitchTo(Transport.Ndjson);
            if (seq == 6) reader.SwitchTo(Transport.Poll);
        }));
        Assert.Equal([Transport.WebSocket, Transport.Ndjson, Transport.Poll], used);
    }

    [Fact]
    public async Task A_silent_stream_is_taken_as_broken()
    {
        var time = new FakeTimeProvider();
        var connected = 0;
        _server.Fault = async context =>
        {
            if (++connected > 1) return false;
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(": hello\n\n");
            await context.Response.Body.FlushAsync();
            _ = Task.Run(async () =>
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    time.Advance(TimeSpan.FromSeconds(10));
                    await Task.Yield();
                }
            });
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        _server.Append(1);
        using var client = _server.Client(time);
        Assert.Equal([1], await ReadAsync(client.CreateReader(new() { Transports = [Transport.ServerSentEvents] }), 1));
        Assert.Equal(2, connected);
    }

    private static async Task<List<long>> ReadAsync(MailboxReader reader, int count, Action<long>? afterItem = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        var seqs = new List<long>();
        await foreach (var item in reader.WithCancellation(patience.Token))
        {
            seqs.Add(item.Seq);
            afterItem?.Invoke(item.Seq);
            if (seqs.Count == count) break;
        }
        return seqs;
    }
}
