using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Protocols.Json;

namespace Krewe.Protocols.Tests.Json;

public sealed class ItemJsonTests
{
    private static readonly MailboxItem Full = new()
    {
        Seq = 42, Kind = ItemKind.Message, Id = "0199f3", From = Jid.FromCanonical("alice@localhost"), To = Jid.FromCanonical("bob@localhost"), Device = "phone",
        SentAt = new DateTimeOffset(2026, 11, 23, 12, 0, 0, 7, TimeSpan.FromHours(2)), Body = "hi", Thread = "t1", Data = """{"any":1.50}""", Replaces = "r",
    };

    [Fact]
    public void All_members_stand_in_their_order() => Assert.Equal(
        """{"seq":42,"kind":"message","id":"0199f3","from":"alice@localhost","to":"bob@localhost","device":"phone","sentAt":"2026-11-23T10:00:00.007Z","body":"hi","thread":"t1","data":{"any":1.50},"replaces":"r"}""",
        Write(Full));

    [Fact]
    public void What_is_null_is_left_out() => Assert.Equal(
        """{"seq":9223372036854775807,"kind":"delivered","id":"x","from":"alice@localhost","to":"bob@localhost","sentAt":"1970-01-01T00:00:00.000Z","ids":["a","b\""]}""",
        Write(Full with
        {
            Seq = long.MaxValue, Kind = ItemKind.Delivered, Id = "x", Device = null, SentAt = DateTimeOffset.UnixEpoch, Body = null, Thread = null, Data = null, Replaces = null,
            Ids = ["a", "b\""],
        }));

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\c/d", "\"a\\\"b\\\\c/d\"")]
    [InlineData("\n\r\t\b\u0001\u007f", "\"\\n\\r\\t\\u0008\\u0001\\u007f\"")]
    [InlineData("\u0085\u2028\u2029", "\"\\u0085\\u2028\\u2029\"")]
    [InlineData("grüße € 😀 <&>'", "\"grüße € 😀 <&>'\"")]
    public void Only_what_must_be_escaped_is(string body, string json) => Assert.Contains($"\"body\":{json},", Write(Full with { Body = body }), StringComparison.Ordinal);

    [Fact]
    public void Any_text_comes_back_the_same_and_on_one_line()
    {
        var random = new Random(1);
        for (var round = 0; round < 2_000; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(40); i > 0; i--)
            {
                var rune = random.Next(4) switch { 0 => random.Next(0x20), 1 => random.Next(0x100), 2 => random.Next(0x2000, 0x2100), _ => random.Next(0x110000) };
                if (Rune.IsValid(rune)) text.Append(new Rune(rune));
            }
            var json = Write(Full with { Body = text.ToString() });
            Assert.Equal(text.ToString(), (string)JsonNode.Parse(json)!["body"]!);
            Assert.DoesNotContain(json, c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029' or < ' ');

            var script = new ArrayBufferWriter<byte>();
            ScriptText.Write(Encoding.UTF8.GetBytes(json), script);
            var safe = Encoding.UTF8.GetString(script.WrittenSpan);
            Assert.Equal(text.ToString(), (string)JsonNode.Parse(safe)!["body"]!);
            Assert.DoesNotContain(safe, c => c is '<' or '>' or '&' or '\u2028' or '\u2029');
        }
    }

    [Fact]
    public void A_script_has_no_separator_even_where_data_had_them_plain()
    {
        var script = new ArrayBufferWriter<byte>();
        ScriptText.Write("{\"a\":\"\u2028\u2029\u20ac\u2027\u202a</script>&\"}"u8, script);
        Assert.Equal("{\"a\":\"\\u2028\\u2029\u20ac\u2027\u202a\\u003c/script\\u003e\\u0026\"}", Encoding.UTF8.GetString(script.WrittenSpan));
    }

    private static string Write(MailboxItem item)
    {
        var output = new ArrayBufferWriter<byte>();
        ItemJson.Write(item, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
