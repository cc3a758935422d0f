namespace Krewe.Core.Connections;

/// <summary>Why a connection ends, as data: each protocol maps it to its own words.</summary>
/// <param name="Code">A stable word that clients see, for example <c>drain</c>.</param>
/// <param name="Text">One sentence for a person.</param>
/// <param name="Reconnect">May the client come back with its cursor?</param>
[GenerateSerializer, Immutable, Alias("krewe.CloseReason")]
public sealed record CloseReason([property: Id(0)] string Code, [property: Id(1)] string Text, [property: Id(2)] bool Reconnect)
{
    /// <summary>The gateway stops or is drained.</summary>
    public static readonly CloseReason Drain = new("drain", "The gateway is going away; come back.", true);

    /// <summary>The client did not read and its send queue passed the limit.</summary>
    public static readonly CloseReason SlowConsumer = new("slow-consumer", "The client reads too slowly; come back with your cursor.", true);

    public static readonly CloseReason SignedOut = new("signed-out", "The token was signed out.", false);

    public static readonly CloseReason TokenExpired = new("token-expired", "The token has expired.", false);

    public static readonly CloseReason AccountDeleted = new("account-deleted", "The account was deleted.", false);

    public static readonly CloseReason AccountDisabled = new("account-disabled", "The operator has disabled the account.", false);

    /// <summary>The operator ended it; the token stays good.</summary>
    public static readonly CloseReason Kicked = new("kicked", "The operator has ended the connection.", true);

    public static readonly CloseReason ProtocolError = new("protocol-error", "The client broke the protocol.", false);

    public static readonly CloseReason TooLarge = new("too-large", "A message was larger than the bound.", false);

    public static readonly CloseReason RateLimited = new("rate-limited", "The client sends faster than the bound.", true);

    public static readonly CloseReason ClientGone = new("client-gone", "The client ended the connection.", true);

    public static readonly CloseReason Internal = new("internal", "The server failed.", true);

    /// <summary>Another session has taken the device's place, where there can be one only.</summary>
    public static readonly CloseReason Replaced = new("replaced", "The device has connected anew.", false);

    /// <summary>Retention trimmed what comes after the cursor.</summary>
    public static readonly CloseReason CursorExpired = new("cursor-expired", "Items after the cursor are gone.", false);
}
