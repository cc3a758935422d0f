using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Grains.Mailboxes;
using Krewe.Grains.Push;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Grains.Tests.Push;

/// <summary>Juliet, who has devices that sleep: her mailbox with everything that decides on pushes, over a store in memory and a clock that stands.</summary>
internal sealed class PushFixture
{
    public static readonly Jid Juliet = People.Juliet;

    public FakeMailboxStore Store { get; } = new();
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
    public PushPolicyOptions Options { get; } = new();

    /// <summary>Devices that say that nobody looks at them.</summary>
    public HashSet<string> Idle { get; } = [];

    public HashSet<Jid> Silenced { get; } = [];

    public List<Device> Devices { get; } = [];

    public Mailbox Mailbox { get; private set; } = null!;
    public PushPlanner Planner { get; private set; } = null!;
    public PushComposer Composer { get; private set; } = null!;
    public UnreadCounter Unread { get; private set; } = null!;

    public DateTimeOffset Now => Time.GetUtcNow();

    public static async Task<PushFixture> WithAsync(params IEnumerable<string> devices)
    {
        var fixture = new PushFixture();
        foreach (var device in devices) fixture.Register(device);
        await fixture.ActivateAsync();
        return fixture;
    }

    public static PushRegistration Registration(PushPlatform platform = PushPlatform.Fcm, string token = "token") =>
        new() { Platform = platform, Token = token, App = "app", RegisteredAt = DateTimeOffset.UnixEpoch };

    public void Register(string device, Func<PushRegistration, PushRegistration>? change = null)
    {
        var registration = Registration(token: $"token of {device}");
        Devices.RemoveAll(known => known.Name == device);
        Devices.Add(new Device { Name = device, LastSeen = Now, Push = change is null ? registration : change(registration) });
        Planner?.SetTargets(Devices);
    }

    /// <summary>What a new activation would have.</summary>
    public async Task ActivateAsync()
    {
        var activity = new PushActivity(Options, Idle.Contains, Time);
        Planner = new PushPlanner(Juliet, Options, activity, Silenced.Contains, Time);
        Planner.SetTargets(Devices);
        Mailbox = new Mailbox(Juliet, Store, Time, new MailboxEvents(items => Unread.Appended(items), () => { }, _ => { }), Planner);
        Unread = new UnreadCounter(Mailbox);
        Composer = new PushComposer(Mailbox, Unread, activity, Options, Silenced.Contains, new byte[32], Time);
        await Mailbox.OpenAsync();
    }

    public PendingPush? Row(string device) => Store.Pushes(Juliet).SingleOrDefault(row => row.Device == device);

    /// <returns>The number it got.</returns>
    public async Task<long> ReceiveAsync(Jid from, string id, string? body = null, PushHints hints = PushHints.None, string? replaces = null)
    {
        var item = People.Letter(from, Juliet, id, body) with { Hints = hints, Replaces = replaces, SentAt = Now };
        return (await Mailbox.AcceptAsync([item]))[0].Value!.Seq;
    }

    public async Task AckAsync(string device, long seq, bool read = false) => Assert.Null((await Mailbox.AckAsync(device, seq, read, 8)).Fault);

    /// <summary>What the worker asks when the row is due.</summary>
    public async Task<Core.Users.PushPlan> PrepareAsync(string device)
    {
        var row = Row(device)!;
        if (row.Due > Now) Time.Advance(row.Due - Now);
        return await Composer.PrepareAsync(row, Devices.Single(known => known.Name == device).Push!);
    }

    /// <summary>What the worker does when the row is due and the service takes it.</summary>
    public async Task<PushNotice> PushAsync(string device)
    {
        var notice = (await PrepareAsync(device)).Notice;
        Assert.NotNull(notice);
        var row = Row(device)!;
        await SentAsync(notice);
        var left = PushMerge.Settle(Row(device)!, row with { Seq = notice.Seq }, null, replaced: false, late: null);
        if (left is null) await Store.CommitAsync(new MailboxCommit { Owner = Juliet, Pushes = [new(device, null)] });
        return notice;
    }

    public Task SentAsync(PushNotice notice) =>
        Mailbox.ChangePushesAsync(state => Planner.Sent(state, notice.Device, notice.Kind, notice.Seq, Mailbox.Last));
}
