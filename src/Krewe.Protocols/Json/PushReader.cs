using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Krewe.Core.Devices;
using Krewe.Core.Errors;

namespace Krewe.Protocols.Json;

/// <summary>Reads a body of <c>PUT /v1/devices/{device}/push</c>.</summary>
public static partial class PushReader
{
    public static readonly WordMember<PushPlatform> Platform = new(
        "platform", "Whose service wakes the device.",
        ("fcm", PushPlatform.Fcm), ("apns", PushPlatform.Apns), ("mipush", PushPlatform.MiPush), ("webhook", PushPlatform.Webhook)) { Required = true };

    public static readonly TextMember Token = new("token", "The vendor's token for the device, in the vendor's alphabet, or the webhook's address. Never shown again.")
    {
        Required = true,
        MinCharacters = 1,
        MaxCharacters = 4096,
    };

    public static readonly TextMember App = new("app", "The Firebase project, the APNs topic or the Mi package.") { Required = true, MinCharacters = 1, MaxCharacters = 255 };

    public static readonly WordMember<PushMode> Mode = new(
        "mode", "What the push is for the device's system: a notification that it shows, data for the app, or both.",
        ("notification", PushMode.Notification), ("data", PushMode.Data), ("both", PushMode.Both));

    public static readonly WordMember<PushEnvironment> Environment = new(
        "environment", "Which of the vendor's services knows the token: with apns production or sandbox, with mipush the region that its client library tells.",
        ("production", PushEnvironment.Production), ("sandbox", PushEnvironment.Sandbox), ("china", PushEnvironment.China), ("russia", PushEnvironment.Russia),
        ("india", PushEnvironment.India), ("europe", PushEnvironment.Europe), ("global", PushEnvironment.Global));

    public static readonly WordMember<PushPreview> Preview = new(
        "preview", "How much of a message a push may show.",
        ("full", PushPreview.Full), ("sender", PushPreview.Sender), ("none", PushPreview.None));

    public static readonly TextMember Locale = new("locale", "The device's language, a language tag (BCP 47).") { MinCharacters = 2, MaxCharacters = 35 };

    public static readonly TextMember From = new("from", "Local time at which silence begins, HH:MM.") { Required = true };

    public static readonly TextMember To = new("to", "Local time at which it ends, HH:MM; earlier than from means the next day.") { Required = true };

    public static readonly TextMember TimeZone = new("timeZone", "An IANA time zone, for example Europe/Berlin.") { Required = true, MinCharacters = 1, MaxCharacters = 64 };

    public static readonly ObjectMember QuietHours = new("quietHours", "When not to disturb.", From, To, TimeZone);

    private const string AsciiLettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<char> FcmAlphabet = SearchValues.Create(AsciiLettersAndDigits + "-_:");
    private static readonly SearchValues<char> MiPushAlphabet = SearchValues.Create(AsciiLettersAndDigits + "+/=");

    public static IReadOnlyList<JsonMember> Members { get; } = [Platform, Token, App, Mode, Environment, Preview, Locale, QuietHours];

    /// <summary>Where a token is known: Apple's two services, Xiaomi's five regions.</summary>
    public enum PushEnvironment { Production = 1, Sandbox, China, Russia, India, Europe, Global }

    public static bool TryRead(
        in JsonObject json, DateTimeOffset now, [NotNullWhen(true)] out PushRegistration? registration, [NotNullWhen(false)] out Fault? fault)
    {
        registration = null;
        if (!json.TryGet(Platform, out var platform, out fault) || !json.TryGet(Token, out var token, out fault) || !json.TryGet(App, out var app, out fault)
            || !json.TryGet(Mode, out var mode, out fault) || !json.TryGet(Environment, out var environment, out fault)
            || !json.TryGet(Preview, out var preview, out fault) || !json.TryGet(Locale, out var locale, out fault)
            || !TryReadQuietHours(json, out var quiet, out fault)) return false;
        if (TroubleOf(platform!.Value, token!) is { } trouble)
            fault = Fault.BadRequest(Token.Name, trouble);
        else if (environment is { } place && platform != (place <= PushEnvironment.Sandbox ? PushPlatform.Apns : PushPlatform.MiPush))
            fault = Fault.BadRequest(Environment.Name, "Only apns has the environments production and sandbox, and only mipush has regions.");
        else if (locale is not null && !LanguageTag().IsMatch(locale))
            fault = Fault.BadRequest(Locale.Name, "A language tag (BCP 47) is expected.");
        if (fault is not null) return false;
        registration = new PushRegistration
        {
            Platform = platform!.Value,
            Token = token!,
            App = app!,
            Mode = mode,
            Environment = environment is { } known ? Environment.Words.First(word => word.Value == known).Word : null,
            Preview = preview,
            Locale = locale,
            QuietHours = quiet,
            RegisteredAt = now,
        };
        return true;
    }

    private static bool TryReadQuietHours(in JsonObject json, out QuietHours? quiet, [NotNullWhen(false)] out Fault? fault)
    {
        quiet = null;
        if (!json.TryGet(QuietHours, out var given, out var hours, out fault)) return false;
        if (!given) return true;
        if (hours.TryGet(From, out var from, out fault) && hours.TryGet(To, out var to, out fault) && hours.TryGet(TimeZone, out var zone, out fault))
        {
            if (!TryMinutes(from!, out var begin) || !TryMinutes(to!, out var end)) fault = Fault.BadRequest(QuietHours.Name, "A time from 00:00 to 23:59 is expected.");
            else if (begin == end) fault = Fault.BadRequest(QuietHours.Name, "Silence must not end when it begins.");
            else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone!, out var known) || !known.HasIanaId)
                fault = Fault.BadRequest(QuietHours.Name, "The time zone is not an IANA time zone.");
            else quiet = new(begin, end, zone!);
        }
        if (fault is not null) fault = fault with { Member = QuietHours.Name };
        return fault is null;
    }

    private static bool TryMinutes(string text, out int minutes)
    {
        var sound = TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        minutes = time.Hour * 60 + time.Minute;
        return sound;
    }

    // What is in no vendor's alphabet was spoilt on its way here, and would be refused at every push.
    private static string? TroubleOf(PushPlatform platform, string token) => platform switch
    {
        PushPlatform.Fcm when token.AsSpan().ContainsAnyExcept(FcmAlphabet) => "A token of FCM has letters, digits, and - _ : only.",
        PushPlatform.Apns when !token.All(char.IsAsciiHexDigit) => "A token of APNs is bytes in hexadecimal.",
        PushPlatform.MiPush when token.AsSpan().ContainsAnyExcept(MiPushAlphabet) => "A registration id of Mi Push is base64.",
        PushPlatform.Webhook when !IsWebAddress(token) => "The token of a webhook is its address, https or http, in printable ASCII.",
        _ => null,
    };

    private static bool IsWebAddress(string text) => text.AsSpan().IndexOfAnyExceptInRange('\u0021', '\u007e') < 0
        && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0;

    // RFC 5646, section 2.1, by shape: a language and subtags. The registry of what exists is the translator's business.
    [GeneratedRegex("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
