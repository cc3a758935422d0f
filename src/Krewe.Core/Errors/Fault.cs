namespace Krewe.Core.Errors;

/// <summary>An error that is a value: it goes back to the peer, and no exception is thrown for it.</summary>
/// <param name="Code">What went wrong.</param>
/// <param name="Message">One sentence for a person; never a secret, never a message's content.</param>
[GenerateSerializer, Immutable, Alias("krewe.Fault")]
public sealed record Fault([property: Id(0)] FaultCode Code, [property: Id(1)] string Message)
{
    /// <summary>The member, parameter or header that is at fault.</summary>
    [Id(2)] public string? Member { get; init; }

    /// <summary>With <see cref="FaultCode.CursorExpired"/>: the first <c>seq</c> that is left.</summary>
    [Id(3)] public long? First { get; init; }

    /// <summary>With <see cref="FaultCode.CursorAhead"/>: the newest <c>seq</c>.</summary>
    [Id(4)] public long? Last { get; init; }

    /// <summary>When it makes sense to try again.</summary>
    [Id(5)] public TimeSpan? RetryAfter { get; init; }

    public static Fault BadRequest(string member, string message) => new(FaultCode.BadRequest, message) { Member = member };

    /// <summary>The one answer for an unknown user and for one that blocks the caller.</summary>
    public static Fault UnknownAddress() => new(FaultCode.NotFound, "No user has this address.");

    /// <summary>The same for a message: its recipient is at fault.</summary>
    public static Fault UnknownRecipient() => UnknownAddress() with { Member = "to" };

    public static Fault CursorAhead(long last) =>
        new(FaultCode.CursorAhead, $"The cursor lies beyond the newest item, {last}.") { Last = last };

    public static Fault CursorExpired(long first) =>
        new(FaultCode.CursorExpired, $"Items before {first} are gone; go on from {first - 1}.") { First = first };

    public static Fault Unavailable(string message, TimeSpan retryAfter) =>
        new(FaultCode.Unavailable, message) { RetryAfter = retryAfter };
}
