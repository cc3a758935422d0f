using System.Buffers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;
using Krewe.Gateway.Tests.Fakes;
using Krewe.Protocols.Json;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace Krewe.Gateway.Tests.Transports;

/// <summary>The published description of the WebSocket and what really goes over it are the same.</summary>
public sealed class AsyncApiTests
{
    private static readonly Jid Romeo = Jid.FromCanonical("romeo@localhost");
    private static readonly PresenceState Away = new() { Show = Show.Away, Status = "banished" };

    private static readonly MailboxItem Item = new()
    {
        Seq = 1, Kind = ItemKind.Message, Id = "i", From = Romeo, To = Romeo, Device = "phone", SentAt = DateTimeOffset.UnixEpoch,
        Body = "b", Thread = "t", Data = "[1]", Replaces = "h", Ids = ["x"],
    };

    /// <summary>Every frame that the server can write, with and without what may be left out.</summary>
    private static readonly (string Writer, Action<IBufferWriter<byte>> Write)[] Written =
    [
        (nameof(ServerFrames.WriteHello), output => ServerFrames.WriteHello(Romeo, "phone", 0, output)),
        (nameof(ServerFrames.ItemStart), output => WriteItem(Item, output)),
        (nameof(ServerFrames.ItemStart), output => WriteItem(Item with { Device = null, Body = null, Thread = null, Data = null, Replaces = null, Ids = [] }, output)),
        (nameof(ServerFrames.WriteSent), output => ServerFrames.WriteSent("r", new Sent("i", 1, DateTimeOffset.UnixEpoch, false), output)),
        (nameof(ServerFrames.WriteSent), output => ServerFrames.WriteSent(null, new Sent("i", 1, DateTimeOffset.UnixEpoch, true), output)),
        (nameof(ServerFrames.WriteError), output => ServerFrames.WriteError(null, Fault.UnknownAddress(), output)),
        (nameof(ServerFrames.WriteError), output => ServerFrames.WriteError("r", Fault.CursorAhead(7) with { Member = "seq", RetryAfter = TimeSpan.FromSeconds(1.5) }, output)),
        (nameof(ServerFrames.WritePong), output => ServerFrames.WritePong("r", output)),
        (nameof(ServerFrames.WritePong), output => ServerFrames.WritePong(null, output)),
        (nameof(ServerFrames.WritePresence), output => ServerFrames.WritePresence(Romeo, Away, output)),
        (nameof(ServerFrames.WritePresence), output => ServerFrames.WritePresence(Romeo, PresenceState.Offline, output)),
        .. ClientFrameReader.State.Words.Select(state =>
            (nameof(ServerFrames.WriteTyping), (Action<IBufferWriter<byte>>)(output => ServerFrames.WriteTyping(Romeo, state.Word, output)))),
        .. Enum.GetValues<Subscription>().Select(subscription =>
            (nameof(ServerFrames.WriteContact), (Action<IBufferWriter<byte>>)(output => ServerFrames.WriteContact(
                new Contact { Address = Romeo, Name = "R", Groups = ["g"], Subscription = subscription, PendingIn = true, Presence = Away }, output)))),
        (nameof(ServerFrames.WriteContact), output => ServerFrames.WriteContact(new Contact { Address = Romeo, PendingOut = true }, output)),
        (nameof(ServerFrames.WriteClosing), output => ServerFrames.WriteClosing(CloseReason.Drain, TimeSpan.FromSeconds(2.25), output)),
        (nameof(ServerFrames.WriteClosing), output => ServerFrames.WriteClosing(CloseReason.SignedOut, null, output)),
    ];

    private static readonly string[] Taken =
    [
        """{"type":"send","ref":"1","to":"romeo","body":"hi","data":{"a":[1,null]},"thread":"t","id":"i","replaces":"h"}""",
        """{"type":"send","to":"romeo","data":null,"body":"hi","ref":null}""",
        """{"type":"ack","seq":42,"read":false}""",
        """{"type":"ack","seq":0}""",
        """{"type":"presence","show":"away"}""",
        """{"type":"presence","show":"dnd","status":"asleep"}""",
        """{"type":"typing","to":"romeo@localhost","state":"composing"}""",
        """{"type":"ping","ref":"p"}""",
        """{"type":"ping"}""",
    ];

    [Fact]
    public async Task Every_frame_that_the_server_writes_is_described()
    {
        var document = await DocumentAsync();
        foreach (var (writer, write) in Written)
        {
            var output = new ArrayBufferWriter<byte>();
            write(output);
            var frame = JsonNode.Parse(output.WrittenSpan)!;
            Assert.DoesNotContain((byte)'\n', output.WrittenSpan.ToArray());
            new SchemaCheck(document).Holds(frame, Message(document, "server", frame)["payload"]!, writer);
        }
        var writers = typeof(ServerFrames).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => method.Name.StartsWith("Write", StringComparison.Ordinal)).Select(method => method.Name);
        Assert.Equal(writers.Append(nameof(ServerFrames.ItemStart)).Order(), Written.Select(written => written.Writer).Distinct().Order());
        Assert.Equal(Written.Select(written => written.Writer).Distinct().Count(), Keys(document, "server").Count());
    }

    [Fact]
    public async Task Every_frame_that_the_server_takes_is_described()
    {
        var document = await DocumentAsync();
        foreach (var text in Taken)
        {
            Assert.True(ClientFrameReader.TryRead(Encoding.UTF8.GetBytes(text), 64, "localhost", out _, out _, out var fault), $"{text}: {fault?.Message}");
            var frame = JsonNode.Parse(text)!;
            new SchemaCheck(document).Holds(frame, Message(document, "client", frame)["payload"]!, text);
        }
        Assert.Equal(ClientFrameReader.Type.Words.Select(word => "client." + word.Word).Order(), Keys(document, "client").Order());
        Assert.Equal(Keys(document, "client").Order(), Taken.Select(text => "client." + JsonNode.Parse(text)!["type"]).Distinct().Order());
    }

    [Fact]
    public async Task What_the_description_forbids_the_server_refuses()
    {
        var document = await DocumentAsync();
        foreach (var text in new[]
        {
            """{"type":"send","body":"hi"}""", """{"type":"ack"}""", """{"type":"ack","seq":-1}""", """{"type":"ack","seq":"1"}""",
            """{"type":"presence","show":"here"}""", """{"type":"typing","to":"romeo","state":"x"}""", """{"type":"ping","ref":1}""",
        })
        {
            Assert.False(ClientFrameReader.TryRead(Encoding.UTF8.GetBytes(text), 64, "localhost", out _, out _, out _), text);
            var frame = JsonNode.Parse(text)!;
            Assert.ThrowsAny<Exception>(() => new SchemaCheck(document).Holds(frame, Message(document, "client", frame)["payload"]!, text));
        }
    }

    [Fact]
    public async Task All_references_of_the_document_lead_somewhere()
    {
        var document = await DocumentAsync();
        var references = 0;
        Visit(document);
        Assert.True(references > 30);

        void Visit(JsonNode? node)
        {
            if (node is JsonArray array) foreach (var element in array) Visit(element);
            if (node is not JsonObject members) return;
            foreach (var (name, value) in members)
            {
                if (name == "$ref")
                {
                    references++;
                    Assert.NotNull(SchemaCheck.Resolve(document, (string)value!));
                }
                else Visit(value);
            }
        }
    }

    [Fact]
    public async Task The_page_for_people_names_every_frame()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = gateway.Client();
        var page = await client.GetStringAsync("/asyncapi");
        var document = (await client.GetFromJsonAsync<JsonNode>("/asyncapi/v1.json"))!;
        foreach (var (_, message) in document["components"]!["messages"]!.AsObject())
        {
            Assert.Contains($"<code>{message!["name"]}</code>", page, StringComparison.Ordinal);
            Assert.Contains(System.Net.WebUtility.HtmlEncode((string)message["summary"]!), page, StringComparison.Ordinal);
        }
    }

    private static void WriteItem(MailboxItem item, IBufferWriter<byte> output)
    {
        output.Write(ServerFrames.ItemStart);
        ItemJson.Write(item, output);
        output.Write(ServerFrames.ItemEnd);
    }

    private static async Task<JsonNode> DocumentAsync()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = gateway.Client();
        var document = (await client.GetFromJsonAsync<JsonNode>("/asyncapi/v1.json"))!;
        Assert.Equal("3.0.0", (string)document["asyncapi"]!);
        Assert.Equal(gateway.Address.Authority, (string)document["servers"]!["this"]!["host"]!);
        return document;
    }

    private static JsonNode Message(JsonNode document, string side, JsonNode frame) =>
        document["components"]!["messages"]![$"{side}.{frame["type"]}"] ?? throw new InvalidOperationException($"{side}.{frame["type"]} is not described.");

    private static IEnumerable<string> Keys(JsonNode document, string side) =>
        document["components"]!["messages"]!.AsObject().Select(message => message.Key).Where(key => key.StartsWith(side, StringComparison.Ordinal));
}
