namespace Krewe.TestKit.Push;

/// <summary>What a fake push service does with a request that is in order. <see cref="FcmReplies"/>, <see cref="ApnsReplies"/> and <see cref="MiPushReplies"/>
/// have the services' own words.</summary>
public sealed record FakeReply
{
    /// <summary>Takes the push, as if there were no script.</summary>
    public static FakeReply AsUsual { get; } = new() { Deed = FakeDeed.Judge };

    /// <summary>Never answers; the sender has to give up.</summary>
    public static FakeReply Never { get; } = new() { Deed = FakeDeed.Hang };

    /// <summary>Breaks the connection without an answer.</summary>
    public static FakeReply Reset { get; } = new() { Deed = FakeDeed.Reset };

    /// <summary>HTTP/2: GOAWAY with a last stream before this one; the push was not taken, and a sender sends it again on a new connection. HTTP/1.1: as <see cref="Reset"/>.</summary>
    public static FakeReply GoAway { get; } = new() { Deed = FakeDeed.GoAway };

    /// <summary>Takes the push and lets it be the last one of its connection: GOAWAY in HTTP/2, <c>Connection: close</c> in HTTP/1.1.</summary>
    public static FakeReply Farewell { get; } = new() { Deed = FakeDeed.Farewell };

    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The service's word, for <see cref="FakePush.Reason"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>The body; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>The body's type.</summary>
    public string ContentType { get; init; } = "application/json; charset=UTF-8";

    /// <summary>Goes out as the header Retry-After, in whole seconds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The reply waits for this; null: it comes at once.</summary>
    public FakeGate? HeldBy { get; init; }

    internal FakeDeed Deed { get; init; }

    /// <summary>An answer of neither service, such as a proxy's.</summary>
    public static FakeReply Of(int status, string? body = null, string contentType = "text/html") =>
        new() { Status = status, Body = body, ContentType = contentType, Reason = $"HTTP {status}" };

    /// <summary>The same answer with Retry-After.</summary>
    public FakeReply After(TimeSpan wait) => this with { RetryAfter = wait };
}

internal enum FakeDeed
{
    Answer = 0,
    Judge,
    Hang,
    Reset,
    GoAway,
    Farewell,
}
