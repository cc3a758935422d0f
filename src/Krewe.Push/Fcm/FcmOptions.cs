namespace Krewe.Push.Fcm;

/// <summary>Firebase Cloud Messaging, <c>Krewe:Push:Fcm</c>. Used once <see cref="ProjectId"/> is set.</summary>
public sealed class FcmOptions
{
    /// <summary>The Firebase project; what registrations name as <c>app</c>. Default: none.</summary>
    public string? ProjectId { get; set; }

    /// <summary>A service account's JSON file. Default: none, the machine's application default credentials are used.</summary>
    public string? CredentialsFile { get; set; }

    /// <summary>Where the API is. A plain http address is spoken to in HTTP/1.1. Default: https://fcm.googleapis.com.</summary>
    public Uri BaseAddress { get; set; } = new("https://fcm.googleapis.com");
}
