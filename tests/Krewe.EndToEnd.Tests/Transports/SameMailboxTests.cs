using System.Net.Http.Headers;
using System.Text.Json;
using Krewe.Client;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Transports;

/// <summary>Ten thousand messages, read through every transport and through all of them in turn: one list.</summary>
public sealed class SameMailboxTests(FilledMailbox mailbox) : IClassFixture<FilledMailbox>
{
    private static readonly Transport[] All = [Transport.WebSocket, Transport.ServerSentEvents, Transport.Ndjson, Transport.LongPoll, Transport.Poll];

    [Theory]
    [InlineData(Transport.WebSocket)]
    [InlineData(Transport.ServerSentEvents)]
    [InlineData(Transport.Ndjson)]
    [InlineData(Transport.LongPoll)]
    [InlineData(Transport.Poll)]
    public async Task Every_transport_gives_the_same_ten_thousand_items(Transport transport)
    {
        var reader = mailbox.Client.CreateReader(new() { Transports = [transport] });
        Assert.Equal(mailbox.Items, await ReadAsync(reader, _ => { }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Changing_the_transport_at_random_points_loses_and_repeats_nothing(int seed)
    {
        var random = new Random(seed);
        var used = new HashSet<Transport>();
        var next = random.Next(1, 400);
        var reader = mailbox.Client.CreateReader();
        reader.Opened += transport => used.Add(transport);
        var items = await ReadAsync(reader, count =>
        {
            if (count != next) return;
            next += random.Next(1, 400);
            reader.SwitchTo(All[random.Next(All.Length)]);
        });
        Assert.Equal(mailbox.Items, items);
        Assert.Equal(All.Length, used.Count);
    }

    [Fact]
    public async Task The_forever_frame_gives_the_same_ten_thousand_items()
    {
        using var http = new HttpClient { BaseAddress = mailbox.Server.Http };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/mailbox/stream?after=0&access_token={mailbox.Client.Token!.Value}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        Assert.Equal("text/html", response.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        using var body = new StreamReader(await response.Content.ReadAsStreamAsync(timeout.Token));
        var frame = new ForeverFrame(body);
        var seqs = new List<(long, string?)>();
        while (seqs.Count < mailbox.Items.Count && await frame.NextAsync(timeout.Token) is { } json)
        {
            var item = JsonDocument.Parse(json).RootElement;
            seqs.Add((item.GetProperty("seq").GetInt64(), item.TryGetProperty("body", out var text) ? text.GetString() : null));
        }
        Assert.Equal(mailbox.Items, seqs);
    }

    private async Task<List<(long, string?)>> ReadAsync(MailboxReader reader, Action<int> afterItem)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var items = new List<(long, string?)>();
        await foreach (var item in reader.WithCancellation(timeout.Token))
        {
            items.Add((item.Seq, item.Body));
            afterItem(items.Count);
            if (items.Count == mailbox.Items.Count) break;
        }
        return items;
    }
}
