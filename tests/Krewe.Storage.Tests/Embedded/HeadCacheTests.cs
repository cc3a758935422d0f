using Krewe.Core.Addresses;
using Krewe.Storage.Embedded.Mailboxes;

namespace Krewe.Storage.Tests.Embedded;

public sealed class HeadCacheTests
{
    [Fact]
    public void It_is_bounded_and_keeps_what_is_used()
    {
        var cache = new HeadCache(100);
        for (var i = 0; i < 10_000; i++)
        {
            cache.Set(Owner(i), new Head(1, i));
            Assert.InRange(cache.Count, 1, 100);
            Assert.True(cache.TryGet(Owner(0), out var hot));
            Assert.Equal(0, hot.Last);
        }
        Assert.False(cache.TryGet(Owner(5), out _));
        Assert.True(cache.TryGet(Owner(9_999), out var newest));
        Assert.Equal(9_999, newest.Last);
    }

    [Fact]
    public void A_new_value_replaces_the_old_one_in_either_generation()
    {
        var cache = new HeadCache(4);
        cache.Set(Owner(1), new Head(1, 1));
        cache.Set(Owner(2), new Head(1, 2));
        cache.Set(Owner(3), new Head(1, 3));
        cache.Set(Owner(1), new Head(1, 10));
        Assert.True(cache.TryGet(Owner(1), out var head));
        Assert.Equal(10, head.Last);
        cache.Remove(Owner(1));
        Assert.False(cache.TryGet(Owner(1), out _));
        cache.Clear();
        Assert.Equal(0, cache.Count);
    }

    private static Jid Owner(int i) => Jid.FromCanonical($"user{i}@x.example");
}
