using System.Text.Json;
using System.Text.RegularExpressions;

namespace Krewe.TestKit.Push;

/// <summary>The shape of <c>messages:send</c> (Firebase, "REST Resource: projects.messages"). As with all of Google's APIs, members may be written
/// <c>in_snake_case</c> or <c>inCamelCase</c>, and unknown ones are refused.</summary>
internal static partial class FcmSchema
{
    private static readonly Shape Text = new TextShape(_ => true, "TYPE_STRING");
    private static readonly Shape Bool = new KindShape("TYPE_BOOL", JsonValueKind.True, JsonValueKind.False);
    private static readonly Shape Number = new KindShape("TYPE_INT32", JsonValueKind.Number);
    private static readonly Shape Any = new KindShape("google.protobuf.Struct", JsonValueKind.Object);
    private static readonly Shape Texts = new MapShape();
    private static readonly Shape Duration = new TextShape(static text => DurationForm().IsMatch(text), "google.protobuf.Duration");
    private static readonly Shape Timestamp = new TextShape(static text => DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _), "google.protobuf.Timestamp");
    private static readonly Shape Label = new MessageShape(new() { ["analytics_label"] = Text });

    private static readonly Shape AndroidNotification = new MessageShape(new()
    {
        ["title"] = Text, ["body"] = Text, ["icon"] = Text, ["color"] = Text, ["sound"] = Text, ["tag"] = Text, ["click_action"] = Text, ["image"] = Text,
        ["body_loc_key"] = Text, ["body_loc_args"] = new ListShape(Text), ["title_loc_key"] = Text, ["title_loc_args"] = new ListShape(Text),
        ["channel_id"] = Text, ["ticker"] = Text, ["sticky"] = Bool, ["event_time"] = Timestamp, ["local_only"] = Bool,
        ["notification_priority"] = OneOf("PRIORITY_UNSPECIFIED", "PRIORITY_MIN", "PRIORITY_LOW", "PRIORITY_DEFAULT", "PRIORITY_HIGH", "PRIORITY_MAX"),
        ["default_sound"] = Bool, ["default_vibrate_timings"] = Bool, ["default_light_settings"] = Bool, ["vibrate_timings"] = new ListShape(Duration),
        ["visibility"] = OneOf("VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"), ["notification_count"] = Number,
        ["proxy"] = OneOf("PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"),
        ["light_settings"] = new MessageShape(new()
        {
            ["color"] = new MessageShape(new() { ["red"] = Number, ["green"] = Number, ["blue"] = Number, ["alpha"] = Number }),
            ["light_on_duration"] = Duration, ["light_off_duration"] = Duration,
        }),
    });

    private static readonly Shape Request = new MessageShape(new()
    {
        ["validate_only"] = Bool,
        ["message"] = new MessageShape(new()
        {
            ["name"] = Text, ["data"] = Texts, ["token"] = Text, ["topic"] = Text, ["condition"] = Text, ["fcm_options"] = Label,
            ["notification"] = new MessageShape(new() { ["title"] = Text, ["body"] = Text, ["image"] = Text }),
            ["android"] = new MessageShape(new()
            {
                ["collapse_key"] = Text, ["priority"] = OneOf("NORMAL", "HIGH"), ["ttl"] = Duration, ["restricted_package_name"] = Text, ["data"] = Texts,
                ["notification"] = AndroidNotification, ["fcm_options"] = Label, ["direct_boot_ok"] = Bool, ["bandwidth_constrained_ok"] = Bool, ["restricted_satellite_ok"] = Bool,
            }),
            ["webpush"] = new MessageShape(new()
            {
                ["headers"] = Texts, ["data"] = Texts, ["notification"] = Any,
                ["fcm_options"] = new MessageShape(new() { ["link"] = Text, ["analytics_label"] = Text }),
            }),
            ["apns"] = new MessageShape(new()
            {
                ["headers"] = Texts, ["payload"] = Any, ["live_activity_token"] = Text,
                ["fcm_options"] = new MessageShape(new() { ["analytics_label"] = Text, ["image"] = Text }),
            }),
        }),
    });

    /// <summary>What does not fit, each with its path.</summary>
    public static List<(string Field, string Description)> Check(JsonElement request)
    {
        var violations = new List<(string, string)>();
        Request.Check(request, "", violations);
        return violations;
    }

    /// <summary>A member under either of its names.</summary>
    public static JsonElement? Member(JsonElement? parent, string name)
    {
        if (parent is not { ValueKind: JsonValueKind.Object } known) return null;
        foreach (var member in known.EnumerateObject())
            if (Snake(member.Name) == name && member.Value.ValueKind != JsonValueKind.Null) return member.Value;
        return null;
    }

    // Google takes them in either case, and its own examples and libraries write "high".
    private static TextShape OneOf(params string[] words) => new(text => words.Contains(text, StringComparer.OrdinalIgnoreCase), "TYPE_ENUM");

    private static string Snake(string name) => Capital().Replace(name, static match => "_" + match.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"^\d{1,12}(\.\d{1,9})?s$")]
    private static partial Regex DurationForm();

    private abstract class Shape
    {
        /// <summary>Null stands for the default everywhere in proto3's JSON.</summary>
        public void Check(JsonElement value, string path, List<(string, string)> violations)
        {
            if (value.ValueKind != JsonValueKind.Null) CheckValue(value, path, violations);
        }

        protected abstract void CheckValue(JsonElement value, string path, List<(string, string)> violations);

        protected static void Refuse(List<(string, string)> violations, string path, string type, JsonElement value) =>
            violations.Add((path, $"Invalid value at '{path}' ({type}), {value.GetRawText()}"));
    }

    private sealed class KindShape(string type, params JsonValueKind[] kinds) : Shape
    {
        protected override void CheckValue(JsonElement value, string path, List<(string, string)> violations)
        {
            if (!kinds.Contains(value.ValueKind) || type == "TYPE_INT32" && !value.TryGetDouble(out _)) Refuse(violations, path, type, value);
        }
    }

    private sealed class TextShape(Func<string, bool> fits, string type) : Shape
    {
        protected override void CheckValue(JsonElement value, string path, List<(string, string)> violations)
        {
            if (value.ValueKind != JsonValueKind.String || !fits(value.GetString()!)) Refuse(violations, path, type, value);
        }
    }

    private sealed class MapShape : Shape
    {
        protected override void CheckValue(JsonElement value, string path, List<(string, string)> violations)
        {
            if (value.ValueKind != JsonValueKind.Object) Refuse(violations, path, "Map", value);
            else
                foreach (var (member, index) in value.EnumerateObject().Select(static (member, index) => (member, index)))
                    if (member.Value.ValueKind != JsonValueKind.String) Refuse(violations, $"{path}[{index}].value", "TYPE_STRING", member.Value);
        }
    }

    private sealed class ListShape(Shape element) : Shape
    {
        protected override void CheckValue(JsonElement value, string path, List<(string, string)> violations)
        {
            if (value.ValueKind != JsonValueKind.Array) Refuse(violations, path, "list", value);
            else
                foreach (var (entry, index) in value.EnumerateArray().Select(static (entry, index) => (entry, index))) element.Check(entry, $"{path}[{index}]", violations);
        }
    }

    private sealed class MessageShape(Dictionary<string, Shape> members) : Shape
    {
        protected override void CheckValue(JsonElement value, string path, List<(string, string)> violations)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                Refuse(violations, path, "message", value);
                return;
            }
            var seen = new HashSet<string>();
            foreach (var member in value.EnumerateObject())
            {
                var name = Snake(member.Name);
                if (!members.TryGetValue(name, out var shape))
                    violations.Add((path, $"Invalid JSON payload received. Unknown name \"{member.Name}\" at '{path}': Cannot find field."));
                else if (!seen.Add(name)) violations.Add((path, $"Invalid JSON payload received. '{member.Name}' at '{path}' is given twice."));
                else shape.Check(member.Value, path.Length == 0 ? name : $"{path}.{name}", violations);
            }
        }
    }
}
