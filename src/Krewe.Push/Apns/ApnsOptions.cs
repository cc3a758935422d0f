using System.ComponentModel.DataAnnotations;

namespace Krewe.Push.Apns;

/// <summary>Apple Push Notification service with token authentication, <c>Krewe:Push:Apns</c>. Used once <see cref="KeyFile"/> is set.</summary>
public sealed class ApnsOptions : IValidatableObject
{
    /// <summary>The team, the token's issuer. Default: none.</summary>
    public string? TeamId { get; set; }

    /// <summary>The key's id. Default: none.</summary>
    public string? KeyId { get; set; }

    /// <summary>The key itself, a PKCS#8 PEM file (<c>.p8</c>). Default: none, and then APNs is not used.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The app's bundle id; what registrations name as <c>app</c>. Default: none.</summary>
    public string? Topic { get; set; }

    /// <summary><c>production</c> or <c>sandbox</c>, for registrations that do not say. Default: production.</summary>
    [RegularExpression("production|sandbox", ErrorMessage = "must be production or sandbox")]
    public string Environment { get; set; } = "production";

    /// <summary>Where the service is, in place of Apple's two hosts. A plain http address is spoken to in HTTP/1.1. Default: none.</summary>
    public Uri? BaseAddress { get; set; }

    internal bool IsUsed => !string.IsNullOrEmpty(KeyFile);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BaseAddress is { } address && !PushHttp.IsWebAddress(address)) yield return new(PushHttp.WebAddressExpected, [nameof(BaseAddress)]);
        foreach (var (name, value) in ((string, string?)[])[(nameof(TeamId), TeamId), (nameof(KeyId), KeyId), (nameof(Topic), Topic)])
        {
            if (IsUsed && string.IsNullOrEmpty(value)) yield return new("needed beside Krewe:Push:Apns:KeyFile", [name]);
            if (!IsUsed && !string.IsNullOrEmpty(value)) yield return new("needs Krewe:Push:Apns:KeyFile", [name]);
        }
        if (IsUsed && CredentialFiles.CheckEcKey(KeyFile!) is { } trouble) yield return new(trouble, [nameof(KeyFile)]);
    }
}
