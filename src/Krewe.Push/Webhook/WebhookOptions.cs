namespace Krewe.Push.Webhook;

/// <summary>Signed HTTP requests to the operator's own push sender, <c>Krewe:Push:Webhook</c>. Used once <see cref="Secret"/> is set.</summary>
public sealed class WebhookOptions
{
    /// <summary>What registrations name as <c>app</c>. Default: krewe.</summary>
    public string App { get; set; } = "krewe";

    /// <summary>The key of the signature (HMAC-SHA256 over time stamp and body). Default: none.</summary>
    public string? Secret { get; set; }

    /// <summary>Where requests may go: registrations whose address begins with none of these are refused. Default: none.</summary>
    public IList<Uri> AllowedAddresses { get; } = [];
}
