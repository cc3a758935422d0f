using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;

namespace Krewe.Grains.Push;

/// <summary>Knows which device of which user has a vendor's token: one in the whole cluster, the last that registered it. A token is an app on a phone;
/// whoever used the app there before must not be pushed to it any more. The key is <see cref="PushTokenKey"/>.</summary>
[Alias("krewe.IPushTokenGrain")]
internal interface IPushTokenGrain : IGrainWithStringKey
{
    /// <summary>Gives the token to a device, or finds that it has it. Whoever had it before is told, if possible before this completes, and else until that succeeds.</summary>
    /// <returns>The number of the claim, which grows with every change of the holder; 0: another device has registered the token since.</returns>
    [Alias("Claim")]
    ValueTask<long> ClaimAsync(PushTokenClaim claim);

    /// <summary>The device has no use for the token any more. Passed over if it does not hold it.</summary>
    [Alias("Release")]
    ValueTask ReleaseAsync(Jid owner, string device);
}

/// <summary>What a user's grain says of one of its registrations.</summary>
/// <param name="Known">The number of its claim, if it has one.</param>
/// <param name="Fresh">The device registers just now, and so is the newest holder in any case.</param>
[GenerateSerializer, Immutable, Alias("krewe.PushTokenClaim")]
internal sealed record PushTokenClaim(
    [property: Id(0)] Jid Owner, [property: Id(1)] string Device, [property: Id(2)] DateTimeOffset RegisteredAt, [property: Id(3)] long Known, [property: Id(4)] bool Fresh);

/// <summary>The side of a user's grain that hears of lost tokens.</summary>
[Alias("krewe.IPushTokenHolder")]
internal interface IPushTokenHolder : IGrainWithStringKey
{
    /// <summary>Another device has the token now: the registration goes if it still has it by an earlier claim. True when nothing of it is left.</summary>
    [Alias("LoseToken")]
    ValueTask<bool> LoseTokenAsync(string device, string tokenKey, long claim);
}

/// <summary>A token's name without the token.</summary>
internal static class PushTokenKey
{
    /// <summary>Null where many devices may share one: a webhook's address is no device.</summary>
    public static string? Of(PushRegistration registration) => registration.Platform == PushPlatform.Webhook ? null
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{(int)registration.Platform}\n{registration.App}\n{registration.Token}")));
}
