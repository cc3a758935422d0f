using System.ComponentModel.DataAnnotations;

namespace Krewe.Push.Webhook;

/// <summary>Signed HTTP requests to the operator's own push sender, <c>Krewe:Push:Webhook</c>. Used once <see cref="Secret"/> is set.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    /// <summary>What registrations name as <c>app</c>. Default: krewe.</summary>
    [Required] public string App { get; set; } = "krewe";

    /// <summary>The key of the signature (HMAC-SHA256 over time stamp and body), at least 16 characters. Default: none, and then webhooks are not used.</summary>
    [DataType(DataType.Password), MinLength(16, ErrorMessage = "must have at least 16 characters")] public string? Secret { get; set; }

    /// <summary>Where requests may go: registrations whose address does not lie below one of these are refused. Default: none.</summary>
    public IList<Uri> AllowedAddresses { get; } = [];

    internal bool IsUsed => !string.IsNullOrEmpty(Secret);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < AllowedAddresses.Count; i++)
        {
            if (!PushHttp.IsWebAddress(AllowedAddresses[i])) yield return new(PushHttp.WebAddressExpected, [$"{nameof(AllowedAddresses)}:{i}"]);
        }
        if (IsUsed && AllowedAddresses.Count == 0) yield return new("needed beside Krewe:Push:Webhook:Secret: without it, users could send this server's requests anywhere", [nameof(AllowedAddresses)]);
        if (!IsUsed && AllowedAddresses.Count > 0) yield return new("needs Krewe:Push:Webhook:Secret", [nameof(AllowedAddresses)]);
    }

    /// <summary>True if requests may go there.</summary>
    internal bool Allows(string address) => Uri.TryCreate(address, UriKind.Absolute, out var target) && PushHttp.IsWebAddress(target)
        && string.IsNullOrEmpty(target.UserInfo) && AllowedAddresses.Any(allowed => allowed.IsBaseOf(target));
}
