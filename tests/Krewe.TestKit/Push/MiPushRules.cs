using System.Globalization;
using System.Text;

namespace Krewe.TestKit.Push;

/// <summary>What Mi Push has against a form (Xiaomi, "Server-side push API").</summary>
internal static class MiPushRules
{
    private const int MaxTitle = 50, MaxDescription = 128, MaxPayload = 4096, MaxDevices = 1000, MaxExtras = 10, MaxExtraCharacters = 1024;
    private const long MaxTimeToLive = 14L * 24 * 3600 * 1000;

    private static readonly HashSet<string> Fields =
    [
        "registration_id", "restricted_package_name", "pass_through", "title", "description", "payload", "notify_type", "notify_id", "time_to_live", "time_to_send",
    ];

    public static FakeReply? Check(IReadOnlyDictionary<string, string> form, string package)
    {
        if (form.Keys.FirstOrDefault(static name => !Fields.Contains(name) && !name.StartsWith("extra.", StringComparison.Ordinal)) is { } unknown) return Illegal(unknown);
        if (!Has("registration_id")) return Missing("registration_id");
        if (form["registration_id"].Split(',') is var devices && (devices.Length > MaxDevices || devices.Any(string.IsNullOrWhiteSpace))) return Illegal("registration_id");
        if (!form.TryGetValue("restricted_package_name", out var named)) return Missing("restricted_package_name");
        if (named != package) return MiPushReplies.Of(22022, "The package name does not belong to the application.");
        var passThrough = form.GetValueOrDefault("pass_through", "0");
        if (passThrough is not ("0" or "1")) return Illegal("pass_through");
        foreach (var name in passThrough == "1" ? ["payload"] : new[] { "title", "description" })
            if (!Has(name)) return Missing(name);
        if (form.GetValueOrDefault("title", "").Length >= MaxTitle) return Illegal("title");
        if (form.GetValueOrDefault("description", "").Length >= MaxDescription) return Illegal("description");
        if (Encoding.UTF8.GetByteCount(form.GetValueOrDefault("payload", "")) > MaxPayload) return MiPushReplies.Of(10018, "The payload is too long.");
        // A sum of 1 (sound), 2 (vibration) and 4 (light), or -1 for all.
        if (!Within("notify_type", -1, 7)) return Illegal("notify_type");
        if (!Within("notify_id", int.MinValue, int.MaxValue)) return Illegal("notify_id");
        if (!Within("time_to_live", 0, MaxTimeToLive)) return Illegal("time_to_live");
        if (!Within("time_to_send", 0, long.MaxValue)) return Illegal("time_to_send");
        var extras = form.Where(static field => field.Key.StartsWith("extra.", StringComparison.Ordinal)).ToList();
        return extras.Count > MaxExtras || extras.Sum(static extra => extra.Key.Length + extra.Value.Length) > MaxExtraCharacters ? Illegal("extra") : null;

        bool Has(string name) => form.TryGetValue(name, out var value) && value.Length > 0;

        bool Within(string name, long from, long to) =>
            !form.TryGetValue(name, out var text) || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= from && value <= to;
    }

    private static FakeReply Missing(string field) => MiPushReplies.Of(10016, $"Missing required parameter: {field}");

    private static FakeReply Illegal(string field) => MiPushReplies.Of(10017, $"Illegal value of parameter: {field}");
}
