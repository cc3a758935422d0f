using System.Net;
using Krewe.TestKit.Push;

namespace Krewe.TestKit.Tests.Push;

/// <summary>What a fake does on demand, by the one whose requests are the simplest.</summary>
public sealed class ScriptTests
{
    [Fact]
    public async Task Replies_come_in_order_to_one_device_first_then_to_anybody_and_then_all_is_as_usual()
    {
        await using var mi = await FakeMiPush.StartAsync();
        using var http = PushHttp.ClientOf(mi);
        mi.Next(MiPushReplies.TooMany);
        mi.Next("a", FakeReply.AsUsual, FakeReply.Of(503).After(TimeSpan.FromSeconds(7)));

        Assert.Equal("OK", await SendAsync(mi, http, "a"));
        Assert.Equal("ServiceUnavailable 7", await SendAsync(mi, http, "a"));
        Assert.Equal("refused", await SendAsync(mi, http, "a"));
        Assert.Equal("OK", await SendAsync(mi, http, "a"));
        Assert.Equal(["a", "a"], mi.Taken.Select(push => push.Token));
        Assert.Equal([null, "HTTP 503", "10023", null], mi.Requests.Select(push => push.Reason));
    }

    [Fact]
    public async Task A_lasting_reply_holds_until_it_is_taken_back()
    {
        await using var mi = await FakeMiPush.StartAsync();
        using var http = PushHttp.ClientOf(mi);
        mi.Always("a", MiPushReplies.InvalidToken);
        for (var i = 0; i < 3; i++) Assert.Equal("refused", await SendAsync(mi, http, "a"));
        Assert.Equal("OK", await SendAsync(mi, http, "b"));
        mi.Always("a", null);
        Assert.Equal("OK", await SendAsync(mi, http, "a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_can_be_left_hanging_or_cut_off(bool tls)
    {
        await using var mi = await FakeMiPush.StartAsync(new FakeMiPushOptions { Tls = tls });
        using var http = PushHttp.ClientOf(mi);
        mi.Next(FakeReply.Reset, FakeReply.Never);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync(mi, http, "a"));
        using var patience = new CancellationTokenSource();
        var hanging = SendAsync(mi, http, "a", patience.Token);
        await mi.WaitForAsync(pushes => pushes.Count == 2);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        Assert.Empty(mi.Taken);
        Assert.Equal("OK", await SendAsync(mi, http, "a"));
    }

    [Fact]
    public async Task GOAWAY_before_a_request_lets_a_client_send_it_again_on_a_new_connection()
    {
        await using var mi = await FakeMiPush.StartAsync(new FakeMiPushOptions { Tls = true });
        using var http = PushHttp.ClientOf(mi);
        Assert.Equal("OK", await SendAsync(mi, http, "a"));
        mi.Next(FakeReply.GoAway);

        Assert.Equal("OK", await SendAsync(mi, http, "b"));

        Assert.Equal([null, "GOAWAY", null], mi.Requests.Select(push => push.Reason));
        Assert.Equal(["a", "b"], mi.Taken.Select(push => push.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_can_end_with_the_request_that_it_has(bool tls)
    {
        await using var mi = await FakeMiPush.StartAsync(new FakeMiPushOptions { Tls = tls });
        using var http = PushHttp.ClientOf(mi);
        mi.Next(FakeReply.Farewell);
        Assert.Equal("OK", await SendAsync(mi, http, "a"));
        Assert.Equal("OK", await SendAsync(mi, http, "b"));
        Assert.Equal(["a", "b"], mi.Taken.Select(push => push.Token));
    }

    [Fact]
    public async Task An_outage_refuses_connections_and_ends_at_the_same_address()
    {
        await using var mi = await FakeMiPush.StartAsync();
        using var http = PushHttp.ClientOf(mi);
        var address = mi.Address;
        mi.Next(FakeReply.Never);
        var underWay = SendAsync(mi, http, "a");
        await mi.WaitForAsync(pushes => pushes.Count == 1);

        await mi.StopAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => underWay);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(mi, http, "a"));
        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);

        await mi.StartAgainAsync();
        Assert.Equal(address, mi.Address);
        Assert.Equal("OK", await SendAsync(mi, http, "a"));
    }

    [Fact]
    public async Task A_wait_that_is_in_vain_says_what_came()
    {
        await using var mi = await FakeMiPush.StartAsync();
        using var http = PushHttp.ClientOf(mi);
        mi.Next(MiPushReplies.TooMany);
        await SendAsync(mi, http, "a");
        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => mi.WaitAsync(push => push.Taken, TimeSpan.FromMilliseconds(1)));
        Assert.Contains("1 × 200 10023", timeout.Message, StringComparison.Ordinal);
    }

    private static async Task<string> SendAsync(FakeMiPush mi, HttpClient http, string device, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v3/message/regid")
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
            Content = new FormUrlEncodedContent([
                new("registration_id", device), new("restricted_package_name", mi.PackageName), new("pass_through", "1"), new("payload", "{}"),
            ]),
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"key={mi.AppSecret}");
        using var answer = await http.SendAsync(request, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK) return $"{answer.StatusCode} {answer.Headers.RetryAfter}";
        return (await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("\"ok\"", StringComparison.Ordinal) ? "OK" : "refused";
    }
}
