using System.Diagnostics.CodeAnalysis;
using System.Text;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;

namespace Krewe.Protocols.Json;

/// <summary>A name and a password as a client gives them, checked and in canonical form.</summary>
/// <param name="Password">An OpaqueString (RFC 8265).</param>
/// <param name="Device">Null: the server makes one up.</param>
public sealed record PasswordLogin(Jid Address, string Password, string? Device)
{
    /// <summary>A password gets into no log by way of the record's text.</summary>
    public override string ToString() => Address.Text;
}

/// <summary>Reads a body of <c>POST /v1/accounts</c> or <c>POST /v1/tokens</c>.</summary>
public static class CredentialReader
{
    /// <summary>Bytes of a password in UTF-8, at most: what is hashed is bounded.</summary>
    public const int MaxPasswordBytes = 1024;

    public static readonly TextMember Username = new("username", "The user's name, or the whole address.") { Required = true, MinCharacters = 1 };

    public static readonly TextMember Password = new("password", "The password (RFC 8265, OpaqueString), at most 1024 bytes.")
    {
        Required = true,
        MinCharacters = 1,
        Format = "password",
    };

    public static readonly TextMember Device = new("device", "A name for the device, the same at its every sign-in. Left out, the server makes one up.")
    {
        MinCharacters = 1,
        MaxCharacters = DeviceName.MaxCharacters,
    };

    public static IReadOnlyList<JsonMember> AccountMembers { get; } = [Username, Password];

    public static IReadOnlyList<JsonMember> TokenMembers { get; } = [Username, Password, Device];

    public static bool TryRead(
        in JsonObject json, string localDomain, [NotNullWhen(true)] out PasswordLogin? login, [NotNullWhen(false)] out Fault? fault)
    {
        login = null;
        if (!json.TryGet(Username, out var username, out fault) || !json.TryGet(Password, out var password, out fault)
            || !json.TryGet(Device, out var device, out fault)) return false;
        if (!Jid.TryParseUser(username, localDomain, out var address, out var error))
            fault = Fault.BadRequest(Username.Name, error);
        else if (!Precis.TryOpaque(password, out var opaque, out error))
            fault = Fault.BadRequest(Password.Name, $"The password is not allowed: {error}.");
        else if (Encoding.UTF8.GetByteCount(opaque) > MaxPasswordBytes)
            fault = Fault.BadRequest(Password.Name, $"The password is longer than {MaxPasswordBytes} bytes.");
        else if (device is not null && !DeviceName.TryParse(device, Device.Name, out device, out fault))
            return false;
        else
            login = new(address, opaque, device);
        return fault is null;
    }
}
