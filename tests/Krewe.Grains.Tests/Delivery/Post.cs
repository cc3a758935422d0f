using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Delivery;
using Krewe.Grains.Mailboxes;
using Krewe.Grains.Tests.Mailboxes;
using Krewe.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Krewe.Grains.Tests.Delivery;

/// <summary>A few users over one store, who deliver to each other without grains.</summary>
internal sealed class Post : ICourier
{
    private static readonly UserMetrics Metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), new SiloActivity());
    private static readonly MessageTrail Trail = new(Options.Create(new TrailOptions()), TimeProvider.System);
    private readonly Dictionary<Jid, Mailbox> _mailboxes = [];

    public MailboxFixture Fixture { get; } = new();
    public LimitOptions Limits { get; } = new();

    /// <summary>Every delivery that was begun.</summary>
    public List<(Jid To, string[] Ids)> Deliveries { get; } = [];

    /// <summary>Awaited before each delivery; what it returns, if not null, is the answer to all of it.</summary>
    public Func<Jid, ImmutableArray<MailboxItem>, Task<Fault?>>? OnDelivery { get; set; }

    public HashSet<Jid> Blocked { get; } = [];

    public FakeMailboxStore Store => Fixture.Store;

    public async Task<User> ActivateAsync(Jid owner)
    {
        User user = null!;
        var mailbox = Fixture.Activate(owner, () => user.Receipts.Start());
        var sender = new MessageSender(mailbox, new SendRules(People.Domain, Limits), Fixture.Time, this, Metrics, Trail, NullLogger.Instance);
        user = new User(mailbox, sender, new ReceiptSender(mailbox, sender, Blocked.Contains, Fixture.Time, NullLogger.Instance));
        _mailboxes[owner] = mailbox;
        await mailbox.OpenAsync();
        return user;
    }

    public bool IsPassing(Exception exception) => exception is TimeoutException;

    public async ValueTask<ImmutableArray<Outcome<Delivered>>> DeliverAsync(Jid to, ImmutableArray<MailboxItem> items)
    {
        Deliveries.Add((to, [.. items.Select(item => item.Id)]));
        if (OnDelivery is { } hook && await hook(to, items) is { } fault) return [.. items.Select(_ => new Outcome<Delivered>(fault))];
        return _mailboxes.TryGetValue(to, out var mailbox)
            ? await mailbox.AcceptAsync(items)
            : [.. items.Select(_ => new Outcome<Delivered>(Fault.UnknownAddress()))];
    }
}

internal sealed record User(Mailbox Mailbox, MessageSender Sender, ReceiptSender Receipts)
{
    public async Task<Outcome<Sent>> SendAsync(Draft draft) => (await Sender.SendAsync("phone", [draft]))[0];

    public async Task AckAsync(long seq, bool read = false, string device = "phone")
    {
        Assert.Null((await Mailbox.AckAsync(device, seq, read, 8)).Fault);
        Receipts.Start();
        await Turns.SettleAsync();
    }
}
