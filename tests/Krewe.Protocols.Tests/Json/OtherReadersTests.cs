using System.Text;
using Krewe.Core.Devices;
using Krewe.Core.Errors;
using Krewe.Core.Presence;
using Krewe.Protocols.Json;

namespace Krewe.Protocols.Tests.Json;

/// <summary>The readers of the smaller bodies.</summary>
public sealed class OtherReadersTests
{
    private delegate bool Reader<T>(in JsonObject json, out T? value, out Fault? fault);

    private static (T? Value, string? Member) Read<T>(string text, Reader<T> reader)
    {
        if (!JsonObject.TryRead(Encoding.UTF8.GetBytes(text), 64, out var json, out var fault)) return (default, fault.Member);
        reader(json, out var value, out fault);
        return (value, fault?.Member);
    }

    private static (Ack Value, string? Member) Ack(string text) => Read<Ack>(text, (in json, out ack, out fault) => AckReader.TryRead(json, out ack, out fault));

    private static (PasswordLogin? Value, string? Member) Login(string text) =>
        Read<PasswordLogin>(text, (in json, out login, out fault) => CredentialReader.TryRead(json, "localhost", out login, out fault));

    private static (PushRegistration? Value, string? Member) Push(string text) =>
        Read<PushRegistration>(text, (in json, out push, out fault) => PushReader.TryRead(json, DateTimeOffset.UnixEpoch, out push, out fault));

    [Fact]
    public void An_ack_is_a_whole_number_and_perhaps_read()
    {
        Assert.Equal(new Ack(42, false), Ack("""{"seq":42}""").Value);
        Assert.Equal(new Ack(0, true), Ack("""{"read":true,"seq":0}""").Value);
        Assert.Equal(new Ack(long.MaxValue, false), Ack("""{"seq":9223372036854775807,"read":null}""").Value);
        foreach (var seq in new[] { "-1", "1.0", "1e2", "\"1\"", "9223372036854775808", "null", "[]" }) Assert.Equal("seq", Ack($$"""{"seq":{{seq}}}""").Member);
        Assert.Equal("seq", Ack("{}").Member);
        Assert.Equal("read", Ack("""{"seq":1,"read":"yes"}""").Member);
        Assert.Equal("read", Ack("""{"seq":1,"read":1}""").Member);
    }

    [Theory]
    [InlineData("""{"show":"dnd","status":"do\nnot"}""", null, Show.Dnd)]
    [InlineData("""{"show":"available"}""", null, Show.Available)]
    [InlineData("""{"show":"offline"}""", null, Show.Offline)]
    [InlineData("""{"show":"xa"}""", null, Show.Xa)]
    [InlineData("""{"show":"chat"}""", "show", null)]
    [InlineData("""{"show":"Away"}""", "show", null)]
    [InlineData("""{"show":1}""", "show", null)]
    [InlineData("{}", "show", null)]
    [InlineData("""{"show":"away","status":false}""", "status", null)]
    public void Presence_is_one_of_five_words_and_a_status(string json, string? member, Show? show)
    {
        var (value, blamed) = Read<PresenceState>(json, (in json, out presence, out fault) => PresenceReader.TryRead(json, out presence, out fault));
        Assert.Equal((member, show), (blamed, value?.Show));
    }

    [Theory]
    [InlineData("""{"until":"2026-11-23T11:00:00+01:00"}""", "2026-11-23T10:00:00.000Z")]
    [InlineData("""{"until":"2026-11-23T10:00:00.123456789Z"}""", "2026-11-23T10:00:00.123Z")]
    [InlineData("{}", null)]
    [InlineData("""{"until":null}""", null)]
    [InlineData("""{"until":""}""", "until")]
    [InlineData("""{"until":7}""", "until")]
    [InlineData("""{"until":"tomorrow"}""", "until")]
    [InlineData("""{"until":"2026-11-23"}""", "until")]
    [InlineData("""{"until":"2026-11-23T10:00:00"}""", "until")]
    [InlineData("""{"until":"2026-02-30T10:00:00Z"}""", "until")]
    [InlineData("""{"until":"9999-12-31T23:59:59-14:00"}""", "until")]
    public void A_mute_ends_at_a_time_with_its_zone_or_never(string json, string? expected)
    {
        var (until, member) = Read<DateTimeOffset?>(json, (in json, out until, out fault) => MuteReader.TryRead(json, out until, out fault));
        Assert.Equal(expected, member ?? until?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("{}", null, 0)]
    [InlineData("""{"name":"Bob","groups":["a","b","a"]}""", null, 2)]
    [InlineData("""{"groups":[]}""", null, 0)]
    [InlineData("""{"name":""}""", "name", null)]
    [InlineData("""{"name":"a\tb"}""", "name", null)]
    [InlineData("""{"groups":"a"}""", "groups", null)]
    [InlineData("""{"groups":["a",1]}""", "groups", null)]
    [InlineData("""{"groups":[""]}""", "groups", null)]
    public void A_contact_has_a_name_and_groups(string json, string? member, int? groups)
    {
        var (value, blamed) = Read<ContactEntry>(json, (in json, out contact, out fault) => ContactReader.TryRead(json, out contact, out fault));
        Assert.Equal((member, groups), (blamed, value?.Groups.Length));
    }

    [Fact]
    public void Groups_are_bounded()
    {
        var groups = string.Join(',', Enumerable.Range(0, 33).Select(i => $"\"g{i}\""));
        Assert.Equal("groups", Read<ContactEntry>($$"""{"groups":[{{groups}}]}""", (in json, out contact, out fault) => ContactReader.TryRead(json, out contact, out fault)).Member);
    }

    [Fact]
    public void A_login_has_a_canonical_name_and_an_opaque_password()
    {
        var (login, _) = Login("""{"username":"Alice","password":"p\u00a0e\u0301","device":"phone"}""");
        Assert.Equal(("alice@localhost", "p é", "phone"), (login!.Address.Text, login.Password, login.Device));
        Assert.Equal("alice@localhost", login.ToString());
        Assert.Null(Login("""{"username":"Alice","password":"p"}""").Value!.Device);
    }

    [Theory]
    [InlineData("""{"password":"x"}""", "username")]
    [InlineData("""{"username":"a b","password":"x"}""", "username")]
    [InlineData("""{"username":"a@b/c","password":"x"}""", "username")]
    [InlineData("""{"username":"a"}""", "password")]
    [InlineData("""{"username":"a","password":""}""", "password")]
    [InlineData("""{"username":"a","password":"a\u0007b"}""", "password")]
    [InlineData("""{"username":"a","password":7}""", "password")]
    [InlineData("""{"username":"a","password":"x","device":""}""", "device")]
    [InlineData("""{"username":"a","password":"x","device":"a\nb"}""", "device")]
    public void A_bad_login_names_its_member(string json, string member) => Assert.Equal(member, Login(json).Member);

    [Fact]
    public void Passwords_and_device_names_are_bounded()
    {
        Assert.NotNull(Login($$"""{"username":"a","password":"{{new string('é', 512)}}","device":"{{new string('d', 64)}}"}""").Value);
        Assert.Equal("password", Login($$"""{"username":"a","password":"{{new string('é', 513)}}"}""").Member);
        Assert.Equal("device", Login($$"""{"username":"a","password":"x","device":"{{new string('d', 65)}}"}""").Member);
    }

    [Fact]
    public void A_push_registration_keeps_what_it_was_given()
    {
        var (push, member) = Push("""
            {"platform":"apns","token":"abc","app":"org.example.chat","mode":"both","environment":"sandbox","preview":"sender","locale":"de-CH-1996",
             "quietHours":{"from":"22:00","to":"07:05","timeZone":"Europe/Berlin","later":1}}
            """);
        Assert.Null(member);
        Assert.Equal(
            new PushRegistration
            {
                Platform = PushPlatform.Apns, Token = "abc", App = "org.example.chat", Mode = PushMode.Both, Environment = "sandbox", Preview = PushPreview.Sender,
                Locale = "de-CH-1996", QuietHours = new(1320, 425, "Europe/Berlin"), RegisteredAt = DateTimeOffset.UnixEpoch,
            },
            push);
    }

    [Theory]
    [InlineData("platform", "\"carrier-pigeon\"")]
    [InlineData("platform", "null")]
    [InlineData("token", "\"\"")]
    [InlineData("token", "\"a b\"")]
    [InlineData("token", "\"é\"")]
    [InlineData("app", "null")]
    [InlineData("app", "\"\"")]
    [InlineData("mode", "\"all\"")]
    [InlineData("environment", "\"sandbox\"")]
    [InlineData("preview", "true")]
    [InlineData("locale", "\"de_CH\"")]
    [InlineData("locale", "\"d\"")]
    [InlineData("quietHours", "\"always\"")]
    [InlineData("quietHours", """{"from":"22:00","to":"07:00"}""")]
    [InlineData("quietHours", """{"from":"24:00","to":"07:00","timeZone":"UTC"}""")]
    [InlineData("quietHours", """{"from":"7:00","to":"09:00","timeZone":"UTC"}""")]
    [InlineData("quietHours", """{"from":"07:00","to":"07:00","timeZone":"UTC"}""")]
    [InlineData("quietHours", """{"from":"22:00","to":"07:00","timeZone":"Moon/Tycho"}""")]
    [InlineData("quietHours", """{"from":2200,"to":"07:00","timeZone":"UTC"}""")]
    public void A_bad_push_registration_names_its_member(string member, string value)
    {
        var members = new Dictionary<string, string> { ["platform"] = "\"fcm\"", ["token"] = "\"t\"", ["app"] = "\"a\"", [member] = value };
        Assert.Equal(member, Push($"{{{string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value}"))}}}").Member);
    }

    [Fact]
    public void A_webhook_is_an_address()
    {
        Assert.NotNull(Push("""{"platform":"webhook","token":"https://example.org/hook","app":"a"}""").Value);
        Assert.Equal("token", Push("""{"platform":"webhook","token":"ftp://example.org/","app":"a"}""").Member);
        Assert.Equal("token", Push("""{"platform":"webhook","token":"hook","app":"a"}""").Member);
    }
}
