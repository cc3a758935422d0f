using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Krewe.Core.Errors;
using Krewe.Protocols.Json;

namespace Krewe.Protocols.Tests.Json;

/// <summary>What is JSON, and what of it is taken.</summary>
public sealed class JsonObjectTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData(" \t\r\n{ } ")]
    [InlineData("""{"a":null,"b":true,"c":false,"d":[],"e":{},"f":"","":0}""")]
    [InlineData("""{"n":[0,-0,1.5,-1e10,1E+2,1e-2,123456789012345678901234567890.10]}""")]
    [InlineData("""{"s":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 é 😀"}""")]
    [InlineData("""{"a":{"x":1},"b":{"x":1}}""")]
    public void Sound_json_is_read(string json) => Assert.Null(Reading.FaultOf(json));

    [Theory]
    [InlineData("", null)]
    [InlineData("   ", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("\"text\"", null)]
    [InlineData("{", null)]
    [InlineData("{} {}", null)]
    [InlineData("{},", null)]
    [InlineData("{,}", null)]
    [InlineData("""{"a"}""", "a")]
    [InlineData("""{"a":}""", "a")]
    [InlineData("""{"a":1,}""", null)]
    [InlineData("""{"a":1 "b":2}""", null)]
    [InlineData("""{a:1}""", null)]
    [InlineData("""{'a':1}""", null)]
    [InlineData("""{"a":01}""", null)]
    [InlineData("""{"a":+1}""", "a")]
    [InlineData("""{"a":.5}""", "a")]
    [InlineData("""{"a":1.}""", "a")]
    [InlineData("""{"a":1e}""", "a")]
    [InlineData("""{"a":-}""", "a")]
    [InlineData("""{"a":NaN}""", "a")]
    [InlineData("""{"a":tru}""", "a")]
    [InlineData("""{"a":True}""", "a")]
    [InlineData("""{"a":[1,]}""", "a")]
    [InlineData("""{"a":[1 2]}""", "a")]
    [InlineData("""{"a":[,]}""", "a")]
    [InlineData("""{"a":[}""", "a")]
    [InlineData("""{"a":"\x"}""", "a")]
    [InlineData("""{"a":"\u12g4"}""", "a")]
    [InlineData("""{"a":"\u12"}""", "a")]
    [InlineData("{\"a\":\"line\nbreak\"}", "a")]
    [InlineData("{\"a\":\"tab\t\"}", "a")]
    [InlineData("{/* no */}", null)]
    [InlineData("\ufeff{}", null)]
    public void Bad_json_is_refused_and_blamed_on_its_member(string json, string? member)
    {
        var fault = Reading.FaultOf(json);
        Assert.Equal(FaultCode.BadRequest, fault?.Code);
        Assert.Equal(member, fault?.Member);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "a")]
    [InlineData("""{"a":1,"\u0061":2}""", "a")]
    [InlineData("""{"data":{"x":1,"x":2}}""", "data")]
    [InlineData("""{"data":[[{"y":{"x":1,"z":3,"x":2}}]]}""", "data")]
    [InlineData("""{"unknown":{"x":1,"x":2}}""", "unknown")]
    public void A_name_twice_in_one_object_is_refused_at_every_level(string json, string member) => Assert.Equal(member, Reading.FaultOf(json)?.Member);

    [Fact]
    public void A_name_twice_among_thousands_is_found()
    {
        var members = Enumerable.Range(0, 5000).Select(i => $"\"m{i}\":{i}");
        Assert.Null(Reading.FaultOf($"{{{string.Join(',', members)}}}"));
        Assert.Equal("m4321", Reading.FaultOf($"{{{string.Join(',', members)},\"m4321\":0}}")?.Member);
        Assert.Equal("data", Reading.FaultOf($"{{\"data\":{{{string.Join(',', members)},\"m7\":0}}}}")?.Member);
    }

    [Theory]
    [InlineData("""{"body":"\u0000"}""", "body")]
    [InlineData("""{"data":["a","\u0000"]}""", "data")]
    [InlineData("""{"data":{"\u0000":1}}""", "data")]
    [InlineData("""{"unknown":"a\u0000b"}""", "unknown")]
    [InlineData("""{"a\u0000":1}""", null)]
    [InlineData("""{"body":"\ud800"}""", "body")]
    [InlineData("""{"body":"\udc00"}""", "body")]
    [InlineData("""{"body":"\ud800\ud800"}""", "body")]
    [InlineData("""{"body":"\ud800x"}""", "body")]
    [InlineData("""{"body":"\ud800\n"}""", "body")]
    [InlineData("""{"body":"\ud800\u0041"}""", "body")]
    [InlineData("""{"body":"\ud83d\ude00\ude00"}""", "body")]
    [InlineData("""{"data":{"\ud800":1}}""", "data")]
    [InlineData("""{"\udfff":1}""", null)]
    public void Nul_and_lone_surrogates_are_refused_wherever_they_are(string json, string? member)
    {
        var fault = Reading.FaultOf(json);
        Assert.Equal(FaultCode.BadRequest, fault?.Code);
        Assert.Equal(member, fault?.Member);
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc3 })]
    [InlineData(new byte[] { 0xc0, 0x80 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xe2, 0x82 })]
    public void Bad_utf8_is_refused_in_known_and_unknown_members_and_names(byte[] bad)
    {
        Assert.Equal("body", Reading.FaultOf([.. """{"to":"bob","body":"a"""u8, .. bad, .. "\"}"u8])?.Member);
        Assert.Equal("data", Reading.FaultOf([.. """{"data":[{"x":"""u8, (byte)'"', .. bad, .. "\"}]}"u8])?.Member);
        Assert.Equal("other", Reading.FaultOf([.. """{"other":"a"""u8, .. bad, .. "b\"}"u8])?.Member);
        Assert.NotNull(Reading.FaultOf([.. "{\""u8, .. bad, .. "\":1}"u8]));
        Assert.NotNull(Reading.FaultOf([.. "{}"u8, .. bad]));
    }

    [Fact]
    public void Nesting_is_bounded_whether_by_arrays_or_by_objects()
    {
        static string Arrays(int levels) => $$"""{"data":{{new string('[', levels - 1)}}{{new string(']', levels - 1)}}}""";
        Assert.Null(Reading.FaultOf(Arrays(64)));
        Assert.Equal("data", Reading.FaultOf(Arrays(65))?.Member);
        Assert.Contains("64", Reading.FaultOf(Arrays(65))!.Message, StringComparison.Ordinal);
        Assert.Equal("data", Reading.FaultOf("{\"data\":" + string.Concat(Enumerable.Repeat("{\"a\":", 64)) + "1" + new string('}', 65))?.Member);
        Assert.Equal("data", Reading.FaultOf("{\"data\":" + new string('[', 60_000))?.Member);
        Assert.Null(Reading.FaultOf(Arrays(512), 512));
    }

    [Fact]
    public void A_huge_name_is_not_repeated_whole()
    {
        var name = new string('n', 127) + "😀" + new string('n', 10_000);
        Assert.Equal(new string('n', 127), Reading.FaultOf($"{{\"{name}\":1,\"{name}\":1}}")?.Member);
    }

    [Fact]
    public void Every_truncation_is_refused_and_none_throws()
    {
        var whole = Encoding.UTF8.GetBytes("""{"to":"bob","id":"1","data":{"n":[1.50e+7,-0,true,null],"s":"\ud83d\ude00é"},"body":"\u00e9 😀"}""");
        Assert.Null(Reading.FaultOf(whole));
        for (var length = 0; length < whole.Length; length++) Assert.NotNull(Reading.FaultOf(whole.AsSpan(0, length)));
    }

    // The framework's reader is the other opinion: what this one takes must be JSON there, and what it refuses must be refused there
    // or have one of the flaws that only this one looks for.
    [Theory]
    [InlineData(1)]
    [InlineData(20_26)]
    [InlineData(77)]
    public void Mutated_json_is_judged_as_the_framework_judges_it(int seed)
    {
        var random = new Random(seed);
        var source = Encoding.UTF8.GetBytes("""{"to":"bob","data":{"n":[1.50e+7,-0,true,null,{"x":[[]]}],"s":"\ud83d\ude00\n"},"body":"é 😀", "m":-12.5E-3}""");
        var alphabet = "{}[]\",:\\u0189dDeE+-. \n\ttrufalsn\0\u001f\u007fé"u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])source.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                var at = random.Next(bytes.Length);
                bytes = random.Next(3) switch
                {
                    0 => [.. bytes[..at], .. bytes[(at + 1)..]],
                    1 => [.. bytes[..at], alphabet[random.Next(alphabet.Length)], .. bytes[at..]],
                    _ => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
                };
            }
            var fault = Reading.FaultOf(bytes);
            var framework = FrameworkTakes(bytes);
            if (fault is null) Assert.True(framework, Encoding.UTF8.GetString(bytes));
            else if (framework) Assert.True(IsStricter(fault), $"{fault.Message}: {Encoding.UTF8.GetString(bytes)}");
        }
    }

    private static bool IsStricter(Fault fault) =>
        fault.Message is "A member is given twice." or "U+0000 is not allowed." or "A surrogate stands alone." or "A JSON object is expected.";

    private static bool FrameworkTakes(byte[] json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read()) ;
            return Utf8.IsValid(json);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
