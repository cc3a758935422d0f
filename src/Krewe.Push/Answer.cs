using Krewe.Core.Push;

namespace Krewe.Push;

/// <summary>What an answer of a push service means, and what the sender may try at once, one time, before it is final.</summary>
internal readonly record struct Answer(PushOutcome Outcome, Remedy Remedy = Remedy.None)
{
    public static implicit operator Answer(PushOutcome outcome) => new(outcome);

    /// <summary>No answer came.</summary>
    public static Answer Unreachable(Exception error) => new PushOutcome(PushVerdict.Retry, error switch
    {
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => http.HttpRequestError.ToString(),
        OperationCanceledException => "Timeout",
        _ => error.GetType().Name,
    });
}

internal enum Remedy
{
    None = 0,
    /// <summary>Get a new access or provider token.</summary>
    NewCredential,
    /// <summary>Cut the preview.</summary>
    Shrink,
    /// <summary>Try the other environment of the service.</summary>
    OtherEnvironment,
}
