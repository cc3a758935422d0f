using System.ComponentModel.DataAnnotations;

namespace Krewe.Push.Webhook;

/// <summary>Signed HTTP requests to the operator's own push sender, <c>Krewe:Push:Webhook</c>. Used once <see cref="Secret"/> is set.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    /// <summary>What registrations name as <c>app</c>. Default: krewe.</summary>
    [Required] public string App { get; set; } = "krewe";

    /// <summary>The key of the signature (HMAC-SHA256 over time stamp and body), at least 16 characters. Default: none, and then webhooks are not used.</summary>
    [DataType(DataType.Password), MinLength(16, ErrorMessage = "must have at least 16 characters")] public string? Secret { get; set; }

    /// <summary>Where requests may go: registrations whose address is not one of these, or below it by whole path segments, are refused. Default: none.</summary>
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
        && string.IsNullOrEmpty(target.UserInfo) && !HidesSeparators(target) && AllowedAddresses.Any(allowed => IsAtOrBelow(allowed, target));

    // Uri has resolved dots by now; what is still escaped, the server behind the address may resolve in its own way.
    private static bool HidesSeparators(Uri target) =>
        target.AbsolutePath.Contains("%2f", StringComparison.OrdinalIgnoreCase) || target.AbsolutePath.Contains("%5c", StringComparison.OrdinalIgnoreCase)
        || target.AbsolutePath.Contains("%2e", StringComparison.OrdinalIgnoreCase);

    // By whole segments, with or without a slash at the end; Uri.IsBaseOf would drop the last segment.
    private static bool IsAtOrBelow(Uri allowed, Uri target)
    {
        if (Uri.Compare(allowed, target, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0) return false;
        var folder = allowed.AbsolutePath.AsSpan().TrimEnd('/');
        var path = target.AbsolutePath.AsSpan();
        return path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/');
    }
}
