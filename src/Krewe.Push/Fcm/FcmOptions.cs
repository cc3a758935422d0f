using System.ComponentModel.DataAnnotations;

namespace Krewe.Push.Fcm;

/// <summary>Firebase Cloud Messaging, <c>Krewe:Push:Fcm</c>. Used once <see cref="ProjectId"/> is set.</summary>
public sealed class FcmOptions : IValidatableObject
{
    /// <summary>The Firebase project; what registrations name as <c>app</c>. Default: none, and then FCM is not used.</summary>
    public string? ProjectId { get; set; }

    /// <summary>A service account's JSON file; its own <c>token_uri</c> is honoured. Default: none, the machine's application default credentials are used.</summary>
    public string? CredentialsFile { get; set; }

    /// <summary>Where the API is. A plain http address is spoken to in HTTP/1.1. Default: https://fcm.googleapis.com.</summary>
    public Uri BaseAddress { get; set; } = new("https://fcm.googleapis.com");

    internal bool IsUsed => !string.IsNullOrEmpty(ProjectId);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!PushHttp.IsWebAddress(BaseAddress)) yield return new(PushHttp.WebAddressExpected, [nameof(BaseAddress)]);
        if (string.IsNullOrEmpty(CredentialsFile)) yield break;
        if (!IsUsed) yield return new("needs Krewe:Push:Fcm:ProjectId", [nameof(CredentialsFile)]);
        if (CredentialFiles.CheckServiceAccount(CredentialsFile) is { } trouble) yield return new(trouble, [nameof(CredentialsFile)]);
    }
}
