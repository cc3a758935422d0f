using Krewe.Core.Push;

namespace Krewe.Core.Users;

/// <summary>What push workers ask a user's grain.</summary>
[Alias("krewe.IPushGrain")]
public interface IPushGrain : IGrainWithStringKey
{
    /// <summary>Composes what a device is to be told now. Null: it is needless by now (read, device gone, muted); a later time: not yet (quiet hours).</summary>
    [Alias("PreparePush")]
    ValueTask<PushPlan> PreparePushAsync(PendingPush pending);

    /// <summary>A push was taken by the service: the device shows it until it is cleared.</summary>
    [Alias("PushSent")]
    ValueTask PushSentAsync(string device, PushKind kind, long seq);

    /// <summary>The service says that the token is dead: the registration goes if it still has this token and was not made after <paramref name="deadSince"/>.</summary>
    [Alias("PushTokenDead")]
    ValueTask PushTokenDeadAsync(string device, string token, DateTimeOffset? deadSince);

    /// <summary>The token looks invalid or foreign: the first time it is only noted; true if the registration is gone now.</summary>
    [Alias("PushTokenSuspect")]
    ValueTask<bool> PushTokenSuspectAsync(string device, string token);
}

/// <summary>What to do with a pending push.</summary>
/// <param name="Notice">Send this; null: do not send.</param>
/// <param name="NotBefore">With no notice: ask again then; null: never, the row may go.</param>
[GenerateSerializer, Immutable, Alias("krewe.PushPlan")]
public sealed record PushPlan([property: Id(0)] PushNotice? Notice, [property: Id(1)] DateTimeOffset? NotBefore)
{
    public static readonly PushPlan Needless = new(null, null);
}
