namespace Krewe.Push.Fcm;

/// <summary>The fine code of a refusal; the names are those of the official server SDK.</summary>
public enum MessagingErrorCode
{
    ThirdPartyAuthError,
    InvalidArgument,
    Internal,
    QuotaExceeded,
    SenderIdMismatch,
    Unavailable,
    Unregistered,
}
