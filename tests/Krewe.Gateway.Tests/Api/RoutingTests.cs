using System.Net.Sockets;
using System.Text;
using Krewe.Gateway.Tests.Hosting;

namespace Krewe.Gateway.Tests.Api;

/// <summary>What is answered where no call is found, or not in the form that is asked for.</summary>
[Collection(SharedGatewayGroup.Name)]
public sealed class RoutingTests(SharedGateway gateway)
{
    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/v2/messages")]
    [InlineData("/v1/contacts/bob/marry")]
    [InlineData("/v1/history/a/b")]
    public async Task An_unknown_path_is_a_404_problem(string path) => (await gateway.Stranger().GetAsync(path)).MustBe(404, "not-found");

    [Theory]
    [InlineData("GET", "/v1/messages", "POST")]
    [InlineData("PATCH", "/v1/contacts/bob", "DELETE, PUT")]
    [InlineData("POST", "/v1/presence", "PUT")]
    [InlineData("PUT", "/v1/mailbox/ack", "POST")]
    [InlineData("POST", "/v1/devices/phone/push", "DELETE, GET, HEAD, PUT")]
    [InlineData("HEAD", "/v1/mailbox/stream", "GET")]
    [InlineData("HEAD", "/v1/messages", "POST")]
    public async Task A_method_that_the_path_does_not_know_is_a_405_problem_that_names_those_it_knows(string method, string path, string allow)
    {
        var answer = await gateway.Stranger().SendAsync(new(method), path);
        if (method == "HEAD") Assert.Equal(405, (int)answer.Status);
        else answer.MustBe(405, "method-not-allowed");
        Assert.Equal(allow, string.Join(", ", answer.ContentHeaders.Allow.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/transports")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/asyncapi/v1.json")]
    [InlineData("/asyncapi")]
    [InlineData("/v1/contacts")]
    [InlineData("/v1/mailbox?after=0")]
    [InlineData("/v1/history/juliet")]
    public async Task HEAD_is_answered_as_GET_without_the_body(string path)
    {
        var romeo = await gateway.JoinAsync("romeo");
        var get = (await romeo.GetAsync(path)).MustBe(200);
        var head = (await romeo.SendAsync(HttpMethod.Head, path)).MustBe(200);
        Assert.Empty(head.Body);
        Assert.Equal(get.ContentHeaders.ContentType, head.ContentHeaders.ContentType);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
    }

    [Theory]
    [InlineData("text/html", 406)]
    [InlineData("image/*, text/plain;q=0.5", 406)]
    [InlineData("application/json;q=0, */*", 406)]
    [InlineData("application/xml, */*;q=0.1", 200)]
    [InlineData("application/*", 200)]
    [InlineData("application/json", 200)]
    [InlineData("application/problem+json, application/json", 200)]
    public async Task Accept_must_leave_room_for_json(string accept, int status)
    {
        var answer = await (await gateway.JoinAsync("romeo")).SendAsync(HttpMethod.Get, "/v1/contacts", change: request => request.Headers.Add("Accept", accept));
        if (status == 406) answer.MustBe(406, "not-acceptable", "Accept");
        else answer.MustBe(200);
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=iso-8859-1", 415)]
    [InlineData("application/json-patch+json", 415)]
    [InlineData("APPLICATION/JSON; charset=\"UTF-8\"", 204)]
    [InlineData("application/json", 204)]
    public async Task The_body_must_be_json_in_utf8(string type, int status)
    {
        var answer = await (await gateway.JoinAsync("romeo")).SendRawAsync(HttpMethod.Put, "/v1/presence", """{"show":"away"}"""u8.ToArray(), type);
        if (status == 415) answer.MustBe(415, "unsupported-media-type", "Content-Type");
        else answer.MustBe(204);
    }

    [Fact]
    public async Task A_compressed_body_is_not_understood()
    {
        var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.Add("Content-Type", "application/json");
        content.Headers.Add("Content-Encoding", "gzip");
        (await (await gateway.JoinAsync("romeo")).SendAsync(HttpMethod.Put, "/v1/presence", content)).MustBe(415, "unsupported-media-type", "Content-Encoding");
    }

    // Whoever announces much and is refused hears so at once, and the server does not wait for the rest.
    [Theory]
    [InlineData("Content-Length: 1000000000\r\n\r\n{\"to\":")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    public async Task Too_large_a_body_is_refused_before_it_has_come(string framing)
    {
        var romeo = await gateway.JoinAsync("romeo");
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", gateway.Host.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {romeo.Token}\r\nContent-Type: application/json\r\n{framing}"));
        if (framing.StartsWith("Transfer", StringComparison.Ordinal))
            for (var i = 0; i < 18; i++) await stream.WriteAsync(Encoding.ASCII.GetBytes("1000\r\n" + new string(' ', 0x1000) + "\r\n"));
        using var reader = new StreamReader(stream);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync(patience.Token));
        Assert.Contains("too-large", await ReadToBodyEndAsync(reader, patience.Token), StringComparison.Ordinal);
    }

    private static async Task<string> ReadToBodyEndAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            text.AppendLine(line);
            if (line.Length == 0) break;
        }
        var body = new char[4096];
        return text.Append(body, 0, await reader.ReadAsync(body, cancellationToken)).ToString();
    }

    [Theory]
    [InlineData("GET /v1/contacts HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n")]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("GET /v1/contacts HTTP/1.1\r\nHost: x\r\nX: {33000 characters}\r\n\r\n", 431)]
    [InlineData("GET /v1/contacts?{33000 characters} HTTP/1.1\r\nHost: x\r\n\r\n", 414)]
    [InlineData("GET /v1/contacts HTTP/3.7\r\nHost: x\r\n\r\n", 505)]
    public async Task What_is_no_http_is_refused_with_an_empty_body_and_others_go_on(string request, int status = 400)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", gateway.Host.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.Replace("{33000 characters}", new string('x', 33_000), StringComparison.Ordinal)));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = await new StreamReader(stream).ReadToEndAsync(patience.Token);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        (await (await gateway.JoinAsync("romeo")).GetAsync("/v1/contacts")).MustBe(200);
    }
}
