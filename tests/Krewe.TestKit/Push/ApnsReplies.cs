namespace Krewe.TestKit.Push;

/// <summary>APNs' refusals (Apple, "Handling notification responses from APNs").</summary>
public static class ApnsReplies
{
    /// <summary>The status that goes with each reason.</summary>
    private static readonly Dictionary<string, int> Statuses = new()
    {
        ["BadCollapseId"] = 400, ["BadDeviceToken"] = 400, ["BadExpirationDate"] = 400, ["BadMessageId"] = 400, ["BadPriority"] = 400, ["BadTopic"] = 400,
        ["DeviceTokenNotForTopic"] = 400, ["DuplicateHeaders"] = 400, ["IdleTimeout"] = 400, ["InvalidPushType"] = 400, ["MissingDeviceToken"] = 400,
        ["MissingTopic"] = 400, ["PayloadEmpty"] = 400, ["TopicDisallowed"] = 400,
        ["BadCertificate"] = 403, ["BadCertificateEnvironment"] = 403, ["BadEnvironmentKeyInToken"] = 403, ["ExpiredProviderToken"] = 403, ["Forbidden"] = 403,
        ["InvalidProviderToken"] = 403, ["MissingProviderToken"] = 403,
        ["BadPath"] = 404, ["MethodNotAllowed"] = 405, ["ExpiredToken"] = 410, ["Unregistered"] = 410, ["PayloadTooLarge"] = 413,
        ["TooManyProviderTokenUpdates"] = 429, ["TooManyRequests"] = 429, ["InternalServerError"] = 500, ["ServiceUnavailable"] = 503, ["Shutdown"] = 503,
    };

    /// <summary>Every reason that APNs knows.</summary>
    public static IEnumerable<string> Reasons => Statuses.Keys;

    /// <summary>A refusal with its usual status, such as <c>BadDeviceToken</c>.</summary>
    /// <exception cref="ArgumentException">APNs knows no such reason.</exception>
    public static FakeReply Of(string reason) => Statuses.TryGetValue(reason, out var status)
        ? new FakeReply { Status = status, Reason = reason, Body = $$"""{"reason":"{{reason}}"}""", ContentType = "application/json" }
        : throw new ArgumentException($"APNs knows no reason '{reason}'.", nameof(reason));

    /// <summary>410: the token is dead since a moment; registrations made later are not meant.</summary>
    public static FakeReply Unregistered(DateTimeOffset since) => Gone("Unregistered", since);

    /// <summary>410: the token has expired at a moment; registrations made later are not meant.</summary>
    public static FakeReply ExpiredToken(DateTimeOffset since) => Gone("ExpiredToken", since);

    private static FakeReply Gone(string reason, DateTimeOffset since) =>
        Of(reason) with { Body = $$"""{"reason":"{{reason}}","timestamp":{{since.ToUnixTimeMilliseconds()}}}""" };
}
