using System.ComponentModel.DataAnnotations;

namespace Krewe.Push.MiPush;

/// <summary>Xiaomi's Mi Push, <c>Krewe:Push:MiPush</c>. Used once <see cref="AppSecret"/> is set.</summary>
public sealed class MiPushOptions : IValidatableObject
{
    /// <summary>The app's package; what registrations name as <c>app</c>. Default: none.</summary>
    public string? PackageName { get; set; }

    /// <summary>The app's secret. Default: none, and then Mi Push is not used.</summary>
    [DataType(DataType.Password)] public string? AppSecret { get; set; }

    /// <summary>Where the service is, for registrations that name no region. A plain http address is spoken to in HTTP/1.1, and for every region. Default: https://api.xmpush.xiaomi.com.</summary>
    public Uri BaseAddress { get; set; } = new("https://api.xmpush.xiaomi.com");

    /// <summary>The notification channel on the device (<c>extra.channel_id</c>). Default: none.</summary>
    public string? ChannelId { get; set; }

    internal bool IsUsed => !string.IsNullOrEmpty(AppSecret);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!PushHttp.IsWebAddress(BaseAddress)) yield return new(PushHttp.WebAddressExpected, [nameof(BaseAddress)]);
        if (IsUsed && string.IsNullOrEmpty(PackageName)) yield return new("needed beside Krewe:Push:MiPush:AppSecret", [nameof(PackageName)]);
        if (!IsUsed && !string.IsNullOrEmpty(PackageName)) yield return new("needs Krewe:Push:MiPush:AppSecret", [nameof(PackageName)]);
        // It stands in a header.
        if (IsUsed && AppSecret!.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0) yield return new("must be printable ASCII without spaces", [nameof(AppSecret)]);
    }
}
