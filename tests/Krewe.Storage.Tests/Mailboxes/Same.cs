using System.Collections.Immutable;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Tests.Mailboxes;

/// <summary>Equality by content: a record compares its arrays by reference.</summary>
internal static class Same
{
    public static void Item(MailboxItem expected, MailboxItem? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Ids.AsEnumerable(), actual.Ids);
        Assert.Equal(expected.Extensions.AsEnumerable(), actual.Extensions);
        Assert.Equal(Plain(expected), Plain(actual));
    }

    public static void Items(IEnumerable<MailboxItem> expected, ImmutableArray<MailboxItem> actual)
    {
        var items = expected.ToArray();
        Assert.Equal(items.Length, actual.Length);
        for (var i = 0; i < items.Length; i++)
        {
            Item(items[i], actual[i]);
        }
    }

    private static MailboxItem Plain(MailboxItem item) => item with { Ids = default, Extensions = default };
}
