namespace Krewe.Client;

/// <summary>What signing in gave.</summary>
/// <param name="Value">The bearer token. A secret.</param>
/// <param name="Address">One's own bare address.</param>
/// <param name="Device">The name under which this client's cursor and presence are kept.</param>
public sealed record Token([property: System.Text.Json.Serialization.JsonPropertyName("token")] string Value, DateTimeOffset ExpiresAt, string Address, string Device)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"Token of {Address}/{Device} until {ExpiresAt:O}";
}

internal sealed record SignUp(string Username, string Password);

internal sealed record SignIn(string Username, string Password, string? Device);

internal sealed record SignedUp(string Address);
