using System.Text.Json;
using Krewe.Core.Errors;
using Krewe.Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Gateway.Tests.Api;

/// <summary>The published description and what is served are the same.</summary>
[Collection(SharedGatewayGroup.Name)]
public sealed class OpenApiTests(SharedGateway gateway)
{
    // Their answers are not JSON: the tests of the transports read them.
    private static readonly string[] Streams = ["streamMailbox", "openWebSocket"];

    private async Task<JsonElement> DocumentAsync() => (await gateway.Stranger().GetAsync("/openapi/v1.json")).MustBe(200).Json;

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> OperationsOf(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name, operation.Value);

    [Fact]
    public async Task Every_route_is_published_and_every_published_call_is_routed()
    {
        var document = await DocumentAsync();
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var published = OperationsOf(document).Select(operation => $"{operation.Method} {operation.Path}").Order(StringComparer.Ordinal);
        var routed = gateway.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}"))
            // HEAD is GET without its body, where there is a GET.
            .Where(route => !route.StartsWith("CONNECT ", StringComparison.Ordinal) && !route.StartsWith("HEAD ", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(routed, published);
    }

    // The server's own version is another one, and changes with each release.
    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/asyncapi/v1.json")]
    public async Task The_version_is_that_of_the_contract(string path)
    {
        var document = (await gateway.Stranger().GetAsync(path)).MustBe(200).Json;

        Assert.Equal("1.0", document.GetProperty("info").GetProperty("version").GetString());
    }

    [Fact]
    public async Task Names_parameters_references_and_codes_are_sound()
    {
        var document = await DocumentAsync();
        var check = new SchemaCheck(document);
        var operations = OperationsOf(document).ToArray();
        Assert.Equal(operations.Length, operations.Select(operation => operation.Operation.GetProperty("operationId").GetString()).Distinct().Count());
        foreach (var (_, path, operation) in operations)
        {
            var named = path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));
            var described = operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().ToArray() : [];
            Assert.Equal(named, described.Where(parameter => parameter.GetProperty("in").ValueEquals("path")).Select(parameter => parameter.GetProperty("name").GetString()));
            Assert.Contains(operation.GetProperty("responses").EnumerateObject(), response => response.Name[0] is '1' or '2');
        }
        foreach (var reference in References(document)) Assert.Equal(JsonValueKind.Object, check.Resolve(reference).ValueKind);
        var codes = document.GetProperty("components").GetProperty("schemas").GetProperty("Problem").GetProperty("properties").GetProperty("code").GetProperty("enum");
        Assert.Equal(Enum.GetValues<FaultCode>().Select(code => code.Name()), codes.EnumerateArray().Select(code => code.GetString()));
    }

    [Fact]
    public async Task Every_call_is_answered_as_it_is_published()
    {
        var document = await DocumentAsync();
        var check = new SchemaCheck(document);
        var (romeo, juliet, gone) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"), await gateway.JoinAsync("gone"));
        await juliet.TellAsync(romeo, "hi");
        await romeo.PutAsync("/v1/blocks/tybalt");
        object push = new { platform = "fcm", token = "t", app = "a", quietHours = new { from = "22:00", to = "07:00", timeZone = "UTC" } };
        // In an order in which each one has something to answer.
        List<(string Id, Person Caller, string Path, object? Body, int Status)> calls =
        [
            ("createAccount", gateway.Stranger(), "/v1/accounts", new { username = "n-" + Guid.NewGuid().ToString("N"), password = "x" }, 201),
            ("createToken", gateway.Stranger(), "/v1/tokens", new { username = gone.Name, password = Person.Password }, 200),
            ("sendMessage", romeo, "/v1/messages", new { to = juliet.Name, body = "hi", data = new { a = 1 }, thread = "t", id = "1", push = new { urgent = true } }, 201),
            ("sendMessage", romeo, "/v1/messages", new { to = juliet.Name, body = "hi", data = new { a = 1 }, thread = "t", id = "1" }, 200),
            ("readMailbox", romeo, "/v1/mailbox?after=0&limit=10", null, 200),
            ("ackMailbox", romeo, "/v1/mailbox/ack", new { seq = 1, read = true }, 204),
            ("getHistory", romeo, $"/v1/history/{juliet.Name}?limit=1", null, 200),
            ("setPresence", juliet, "/v1/presence", new { show = "away", status = "busy" }, 204),
            ("putContact", romeo, $"/v1/contacts/{juliet.Name}", new { name = "J", groups = new[] { "g" } }, 204),
            ("approveContact", juliet, $"/v1/contacts/{romeo.Name}/approve", null, 204),
            ("getContacts", romeo, "/v1/contacts", null, 200),
            ("getContacts", juliet, "/v1/contacts", null, 200),
            ("putContact", gone, $"/v1/contacts/{juliet.Name}", null, 204),
            ("denyContact", juliet, $"/v1/contacts/{gone.Name}/deny", null, 204),
            ("removeContact", romeo, $"/v1/contacts/{juliet.Name}", null, 204),
            ("block", romeo, $"/v1/blocks/{juliet.Name}", null, 204),
            ("getBlocks", romeo, "/v1/blocks", null, 200),
            ("mute", romeo, $"/v1/mutes/{juliet.Name}", new { until = DateTimeOffset.UtcNow.AddHours(1) }, 204),
            ("mute", romeo, "/v1/mutes/mercutio", null, 204),
            ("getMutes", romeo, "/v1/mutes", null, 200),
            ("unmute", romeo, $"/v1/mutes/{juliet.Name}", null, 204),
            ("unblock", romeo, $"/v1/blocks/{juliet.Name}", null, 204),
            ("putPush", romeo, "/v1/devices/phone/push", push, 204),
            ("getPush", romeo, "/v1/devices/phone/push", null, 200),
            ("getDevices", romeo, "/v1/devices", null, 200),
            ("removePush", romeo, "/v1/devices/phone/push", null, 204),
            ("deleteToken", romeo, "/v1/tokens/current", null, 204),
            ("deleteAccount", gone, "/v1/accounts/me", null, 204),
        ];
        var operations = OperationsOf(document).ToDictionary(operation => operation.Operation.GetProperty("operationId").GetString()!);
        Assert.Empty(operations.Keys.Except(calls.Select(call => call.Id)).Except(Streams));
        foreach (var (id, caller, path, body, status) in calls)
        {
            var (method, _, operation) = operations[id];
            if (body is not null) MustFit(check, JsonSerializer.SerializeToElement(body), operation.GetProperty("requestBody"), "application/json", id);
            var answer = await caller.SendAsync(new(method), path, body is null ? null : System.Net.Http.Json.JsonContent.Create(body));
            MustBePublished(check, operation, answer, id);
            Assert.True((int)answer.Status == status, $"{id}: {answer.Body}");
        }
        foreach (var (id, (method, path, operation)) in operations)
        {
            var concrete = path.Replace("{address}", "bob", StringComparison.Ordinal).Replace("{device}", "phone", StringComparison.Ordinal);
            var refused = await gateway.Stranger().SendAsync(new(method), concrete);
            Assert.InRange((int)refused.Status, 400, 401);
            MustBePublished(check, operation, refused, id);
        }
    }

    private static void MustBePublished(SchemaCheck check, JsonElement operation, ApiAnswer answer, string id)
    {
        var status = ((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(operation.GetProperty("responses").TryGetProperty(status, out var response), $"{id} answers {status}: {answer.Body}");
        if (answer.Code is { } code) Assert.Contains($"`{code}`", response.GetProperty("description").GetString(), StringComparison.Ordinal);
        if (!response.TryGetProperty("content", out _)) Assert.Empty(answer.Body);
        else MustFit(check, answer.Json, response, answer.ContentHeaders.ContentType!.MediaType!, id);
    }

    private static void MustFit(SchemaCheck check, JsonElement json, JsonElement described, string type, string id)
    {
        var errors = check.Errors(json, described.GetProperty("content").GetProperty(type).GetProperty("schema"));
        Assert.True(errors.Count == 0, $"{id}: {string.Join("; ", errors)}");
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.NameEquals("$ref") ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
