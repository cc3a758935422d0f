using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Mailboxes;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Grains.Tests.Mailboxes;

/// <summary>A store, a clock, and mailboxes over them that note what they announce.</summary>
internal sealed class MailboxFixture
{
    public FakeMailboxStore Store { get; } = new();
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
    public List<MailboxItem> Announced { get; } = [];
    public int Fenced { get; private set; }

    /// <summary>What a new activation of the owner's grain would have.</summary>
    public Mailbox Activate(Jid owner, Action? opened = null) =>
        new(owner, Store, Time, new MailboxEvents(items => Announced.AddRange(items), opened ?? (() => { }), _ => Fenced++));

    public async Task<Mailbox> OpenAsync(Jid owner)
    {
        var mailbox = Activate(owner);
        await mailbox.OpenAsync();
        return mailbox;
    }
}
