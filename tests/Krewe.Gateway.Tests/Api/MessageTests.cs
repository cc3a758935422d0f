using System.Text;
using Krewe.Gateway.Tests.Hosting;

namespace Krewe.Gateway.Tests.Api;

/// <summary>Sending, acknowledging, looking back, over HTTP.</summary>
[Collection(SharedGatewayGroup.Name)]
public sealed class MessageTests(SharedGateway gateway)
{
    [Fact]
    public async Task A_message_is_answered_with_its_place_and_time()
    {
        var (romeo, juliet) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"));
        var sent = (await romeo.TellAsync(juliet, "hi", "first")).MustBe(201);
        Assert.Equal("first", sent.Text("id"));
        Assert.Equal(1, sent.Json.GetProperty("seq").GetInt64());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", sent.Text("sentAt"));
        Assert.Equal("no-store", sent.Headers.CacheControl?.ToString());
        var item = (await juliet.GetAsync("/v1/mailbox")).Json.GetProperty("items")[0];
        Assert.Equal((romeo.Address, "hi", "phone"), (item.GetProperty("from").GetString(), item.GetProperty("body").GetString(), item.GetProperty("device").GetString()));
    }

    [Fact]
    public async Task The_same_id_again_is_200_with_the_first_answer_and_another_content_a_conflict()
    {
        var (romeo, juliet) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"));
        var first = (await romeo.TellAsync(juliet, "hi", "x")).MustBe(201);
        Assert.Equal(first.Body, (await romeo.TellAsync(juliet, "hi", "x")).MustBe(200).Body);
        (await romeo.TellAsync(juliet, "other", "x")).MustBe(409, "id-conflict", (await romeo.TellAsync(juliet, "other", "x")).Member);
        Assert.Equal(1, (await juliet.GetAsync("/v1/mailbox")).Json.GetProperty("last").GetInt64());
    }

    [Fact]
    public async Task Without_an_id_every_message_is_another()
    {
        var (romeo, juliet) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"));
        var first = (await romeo.TellAsync(juliet, "hi")).MustBe(201);
        var second = (await romeo.TellAsync(juliet, "hi")).MustBe(201);
        Assert.NotEqual(first.Text("id"), second.Text("id"));
    }

    [Fact]
    public async Task Data_comes_back_with_its_exact_numbers()
    {
        var (romeo, juliet) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"));
        (await romeo.SendRawAsync(HttpMethod.Post, "/v1/messages", $$"""{"to":"{{juliet.Name}}","data":{"n" : [1.0, 12345678901234567890.10e+5]}, "unknown":[1]}""")).MustBe(201);
        Assert.Contains("\"data\":{\"n\":[1.0,12345678901234567890.10e+5]}", (await juliet.GetAsync("/v1/mailbox")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_recipient_is_not_found_and_nothing_is_stored()
    {
        var romeo = await gateway.JoinAsync("romeo");
        (await romeo.PostAsync("/v1/messages", new { to = "nobody-at-all", body = "hi" })).MustBe(404, "not-found", "to");
        Assert.Equal(0, (await romeo.GetAsync("/v1/mailbox")).Json.GetProperty("last").GetInt64());
    }

    [Theory]
    [InlineData("""{"to":"x"}""", "body")]
    [InlineData("""{"body":"x"}""", "to")]
    [InlineData("""{"to":"a b","body":"x"}""", "to")]
    [InlineData("""{"to":"x","body":1}""", "body")]
    [InlineData("""{"to":"x","body":"\ud800"}""", "body")]
    [InlineData("""{"to":"x","body":"\u0000"}""", "body")]
    [InlineData("""{"to":"x","to":"y","body":"x"}""", "to")]
    [InlineData("""{"to":"x","data":{"a":1,"a":2}}""", "data")]
    [InlineData("""{"to":"x","body":"x","id":""}""", "id")]
    [InlineData("""{"to":"x","body":"x","surprise":[}""", "surprise")]
    [InlineData("""{"to":"x","body":"x"} {}""", null)]
    [InlineData("""[]""", null)]
    [InlineData("", null)]
    public async Task Bad_json_is_400_and_names_the_member(string json, string? member) =>
        (await (await gateway.JoinAsync("romeo")).SendRawAsync(HttpMethod.Post, "/v1/messages", json)).MustBe(400, "bad-request", member);

    [Fact]
    public async Task Bad_utf8_is_400_and_names_the_member() => (await (await gateway.JoinAsync("romeo"))
        .SendRawAsync(HttpMethod.Post, "/v1/messages", [.. """{"to":"x","body":"a"""u8, 0xff, .. "\"}"u8])).MustBe(400, "bad-request", "body");

    [Fact]
    public async Task An_ack_makes_one_receipt_and_never_moves_back()
    {
        var (romeo, juliet) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"));
        await romeo.TellAsync(juliet, "one", "1");
        await romeo.TellAsync(juliet, "two", "2");
        (await juliet.PostAsync("/v1/mailbox/ack", new { seq = 2 })).MustBe(204);
        (await juliet.PostAsync("/v1/mailbox/ack", new { seq = 1 })).MustBe(204);
        var ahead = (await juliet.PostAsync("/v1/mailbox/ack", new { seq = 3 })).MustBe(409, "cursor-ahead");
        Assert.Equal(2, ahead.Json.GetProperty("last").GetInt64());
        var page = (await romeo.GetAsync("/v1/mailbox?after=2&wait=30")).MustBe(200).Json.GetProperty("items");
        Assert.Equal("delivered", page[0].GetProperty("kind").GetString());
        (await juliet.SendRawAsync(HttpMethod.Post, "/v1/mailbox/ack", """{"seq":-1}""")).MustBe(400, "bad-request", "seq");
        (await juliet.SendRawAsync(HttpMethod.Post, "/v1/mailbox/ack", """{"seq":1,"read":"yes"}""")).MustBe(400, "bad-request", "read");
    }

    [Fact]
    public async Task History_goes_back_page_by_page_and_holds_one_peer_alone()
    {
        var (romeo, juliet, nurse) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"), await gateway.JoinAsync("nurse"));
        for (var i = 1; i <= 5; i++) await romeo.TellAsync(i == 3 ? nurse : juliet, $"m{i}");
        var first = (await romeo.GetAsync($"/v1/history/{juliet.Name}?limit=3")).MustBe(200).Json;
        Assert.Equal(["m5", "m4", "m2"], first.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("body").GetString()));
        var second = (await romeo.GetAsync($"/v1/history/{juliet.Address}?limit=3&before={first.GetProperty("next")}")).MustBe(200).Json;
        Assert.Equal(["m1"], second.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("body").GetString()));
        Assert.False(second.TryGetProperty("next", out _));
        Assert.Empty((await romeo.GetAsync("/v1/history/nobody-at-all")).MustBe(200).Json.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=501", "limit")]
    [InlineData("?limit=ten", "limit")]
    [InlineData("?limit=", "limit")]
    [InlineData("?limit=1.0", "limit")]
    [InlineData("?limit=+5", "limit")]
    [InlineData("?limit=-5", "limit")]
    [InlineData("?limit=99999999999999999999", "limit")]
    [InlineData("?limit=1&limit=2", "limit")]
    [InlineData("?before=0", "before")]
    [InlineData("?before=%zz", "before")]
    [InlineData("?before=%ff", "before")]
    [InlineData("?other=%", "other")]
    [InlineData("?limit=%35&li%6Dit=5", "limit")]
    public async Task A_bad_query_is_400_and_names_the_parameter(string query, string parameter) =>
        (await (await gateway.JoinAsync("romeo")).GetAsync("/v1/history/juliet" + query)).MustBe(400, "bad-request", parameter);

    [Theory]
    [InlineData("%zz")]
    [InlineData("%ff")]
    [InlineData("a%2Fb")]
    [InlineData("a%20b")]
    [InlineData("@localhost")]
    [InlineData("a@b@c")]
    [InlineData("%c3")]
    [InlineData("%")]
    public async Task A_bad_address_in_the_path_is_400(string address) =>
        (await (await gateway.JoinAsync("romeo")).GetAsync("/v1/history/" + address)).MustBe(400, "bad-request", "address");

    [Fact]
    public async Task Too_large_a_body_is_413_whether_its_length_is_told_or_not()
    {
        var romeo = await gateway.JoinAsync("romeo");
        var json = $$"""{"to":"{{romeo.Name}}","body":"{{new string('x', 65_536)}}"}""";
        (await romeo.SendRawAsync(HttpMethod.Post, "/v1/messages", json)).MustBe(413, "too-large");
        (await romeo.SendAsync(HttpMethod.Post, "/v1/messages", new Chunked(json))).MustBe(413, "too-large");
        var fits = $$"""{"to":"{{romeo.Name}}","body":""}""";
        var full = fits.Replace("\"\"", $"\"{new string('x', 65_536 - fits.Length)}\"", StringComparison.Ordinal);
        (await romeo.SendAsync(HttpMethod.Post, "/v1/messages", new Chunked(full))).MustBe(201);
        (await romeo.SendRawAsync(HttpMethod.Post, "/v1/messages", full)).MustBe(201);
        (await romeo.SendRawAsync(HttpMethod.Post, "/v1/messages", full.Replace("xx\"", "xxx\"", StringComparison.Ordinal))).MustBe(413, "too-large");
    }

    /// <summary>A body that does not tell its length.</summary>
    private sealed class Chunked : StringContent
    {
        public Chunked(string json) : base(json, Encoding.UTF8, "application/json") => Headers.ContentLength = null;

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
