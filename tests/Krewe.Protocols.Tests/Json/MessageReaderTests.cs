using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;

namespace Krewe.Protocols.Tests.Json;

/// <summary>From the JSON of a message to a draft.</summary>
public sealed class MessageReaderTests
{
    [Fact]
    public void Every_member_reaches_the_draft()
    {
        var (draft, fault) = Reading.Message(
            """{"to":"Bob@LOCALHOST","id":"i-1","body":"hi\n\u00e9","thread":"t","data":{"a":1},"replaces":"i-0","push":{"urgent":true,"silent":true,"x":1},"later":{"ignored":true}}""");
        Assert.Null(fault);
        Assert.Equal("bob@localhost", draft!.To.Text);
        Assert.Equal(new Draft { To = draft.To, Id = "i-1", Body = "hi\né", Thread = "t", Data = """{"a":1}""", Replaces = "i-0", Hints = PushHints.Urgent | PushHints.Silent, Extensions = draft.Extensions }, draft);
    }

    [Fact]
    public void A_name_alone_means_the_local_domain()
    {
        Assert.Equal("bob@localhost", Reading.Message("""{"to":"BOB","body":""}""").Draft!.To.Text);
        Assert.Equal("bob@example.org", Reading.Message("""{"to":"bob@example.org","body":""}""").Draft!.To.Text);
    }

    [Theory]
    [InlineData("""{"n":1.0}""", """{"n":1.0}""")]
    [InlineData("123456789012345678901234567890.0123456789e+0010", "123456789012345678901234567890.0123456789e+0010")]
    [InlineData(" [ 1 ,\n\t-0 , 1E5 ] ", "[1,-0,1E5]")]
    [InlineData("""{ "a b" : " c \" \\ " , "e" : [ ] }""", """{"a b":" c \" \\ ","e":[]}""")]
    [InlineData("\"text \\\"x\\\"\"", "\"text \\\"x\\\"\"")]
    [InlineData("false", "false")]
    [InlineData("\"\\u00e9 é\"", "\"\\u00e9 é\"")]
    [InlineData("\"a\u2028b\u2029c\u0085d\"", "\"a\\u2028b\\u2029c\\u0085d\"")]
    public void Data_keeps_its_exact_spelling_without_whitespace(string data, string kept) =>
        Assert.Equal(kept, Reading.Message($$"""{"to":"bob","data":{{data}}}""").Draft?.Data);

    [Theory]
    [InlineData("""{"body":"x"}""", "to")]
    [InlineData("""{"to":null,"body":"x"}""", "to")]
    [InlineData("""{"to":7,"body":"x"}""", "to")]
    [InlineData("""{"to":"","body":"x"}""", "to")]
    [InlineData("""{"to":"bob@","body":"x"}""", "to")]
    [InlineData("""{"to":"@localhost","body":"x"}""", "to")]
    [InlineData("""{"to":"bob@localhost/phone","body":"x"}""", "to")]
    [InlineData("""{"to":"b b","body":"x"}""", "to")]
    [InlineData("""{"to":"a@b@c","body":"x"}""", "to")]
    [InlineData("""{"to":"bob"}""", "body")]
    [InlineData("""{"to":"bob","body":null,"data":null}""", "body")]
    [InlineData("""{"to":"bob","body":1}""", "body")]
    [InlineData("""{"to":"bob","body":{}}""", "body")]
    [InlineData("""{"to":"bob","body":"x","thread":[]}""", "thread")]
    [InlineData("""{"to":"bob","body":"x","thread":""}""", "thread")]
    [InlineData("""{"to":"bob","body":"x","id":""}""", "id")]
    [InlineData("""{"to":"bob","body":"x","id":1}""", "id")]
    [InlineData("""{"to":"bob","body":"x","id":"a\nb"}""", "id")]
    [InlineData("""{"to":"bob","body":"x","id":"a\u0085b"}""", "id")]
    [InlineData("""{"to":"bob","body":"x","replaces":""}""", "replaces")]
    [InlineData("""{"to":"bob","body":"x","replaces":true}""", "replaces")]
    [InlineData("""{"to":"bob","body":"x","push":true}""", "push")]
    [InlineData("""{"to":"bob","body":"x","push":{"urgent":1}}""", "push")]
    [InlineData("""{"to":"bob","body":"x","push":{"silent":"no"}}""", "push")]
    public void A_bad_member_is_named(string json, string member)
    {
        var (draft, fault) = Reading.Message(json);
        Assert.Null(draft);
        Assert.Equal(FaultCode.BadRequest, fault?.Code);
        Assert.Equal(member, fault?.Member);
    }

    [Fact]
    public void An_id_has_up_to_128_characters_and_a_character_is_a_code_point()
    {
        string Json(string id) => $$"""{"to":"bob","body":"x","id":"{{id}}"}""";
        var emoji = string.Concat(Enumerable.Repeat("😀", 128));
        Assert.Equal(emoji, Reading.Message(Json(emoji)).Draft?.Id);
        Assert.Equal("id", Reading.Message(Json(emoji + "x")).Fault?.Member);
        Assert.NotNull(Reading.Message(Json(new string('x', 128))).Draft);
        Assert.Equal("id", Reading.Message(Json(new string('x', 129))).Fault?.Member);
    }

    [Fact]
    public void Members_that_are_null_count_as_left_out() =>
        Assert.Equal(("x", null, null), Reading.Message("""{"to":"bob","body":"x","id":null,"thread":null}""").Draft is { } draft ? (draft.Body, draft.Id, draft.Thread) : default);
}
