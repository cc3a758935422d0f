using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Tests.Senders;

/// <summary>What a device is to be told, in tests.</summary>
internal static class Notices
{
    public static PushNotice For(PushPlatform platform, string token, string app, string? preview = "But soft!", PushMode? mode = null, PushKind kind = PushKind.Message)
    {
        Assert.True(Jid.TryParseUser("juliet", "localhost", out var owner, out _) & Jid.TryParseUser("romeo", "localhost", out var from, out _));
        return new PushNotice
        {
            Owner = owner,
            Device = "phone",
            Registration = new PushRegistration { Platform = platform, Token = token, App = app, Mode = mode, RegisteredAt = DateTimeOffset.UnixEpoch },
            Kind = kind,
            Seq = 42,
            Unread = 3,
            From = kind == PushKind.Message ? from : null,
            MessageId = "m1",
            Preview = kind == PushKind.Message ? preview : null,
            Conversation = "c0ffee",
            ExpiresAt = TimeProvider.System.GetUtcNow().AddDays(1),
        };
    }
}
