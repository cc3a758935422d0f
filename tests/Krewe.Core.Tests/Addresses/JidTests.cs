using Krewe.Core.Addresses;

namespace Krewe.Core.Tests.Addresses;

public sealed class JidTests
{
    // RFC 7622, section 3.5, table 1.
    [Theory]
    [InlineData("juliet@example.com", "juliet", "example.com", "")]
    [InlineData("juliet@example.com/foo", "juliet", "example.com", "foo")]
    [InlineData("juliet@example.com/foo bar", "juliet", "example.com", "foo bar")]
    [InlineData("juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar")]
    [InlineData(@"foo\20bar@example.com", @"foo\20bar", "example.com", "")]
    [InlineData("fussball@example.com", "fussball", "example.com", "")]
    [InlineData("fu\u00dfball@example.com", "fu\u00dfball", "example.com", "")]
    [InlineData("\u03c0@example.com", "\u03c0", "example.com", "")]
    [InlineData("\u03a3@example.com/foo", "\u03c3", "example.com", "foo")]
    [InlineData("\u03c3@example.com/foo", "\u03c3", "example.com", "foo")]
    [InlineData("\u03c2@example.com/foo", "\u03c2", "example.com", "foo")]
    [InlineData("king@example.com/\u265a", "king", "example.com", "\u265a")]
    [InlineData("example.com", "", "example.com", "")]
    [InlineData("example.com/foobar", "", "example.com", "foobar")]
    [InlineData("a.example.com/b@example.net", "", "a.example.com", "b@example.net")]
    // Further ones.
    [InlineData("Juliet@EXAMPLE.com/Balcony", "juliet", "example.com", "Balcony")]
    [InlineData("juliet@example.com./x", "juliet", "example.com", "x")]
    [InlineData("juliet@localhost", "juliet", "localhost", "")]
    [InlineData("juliet@127.0.0.1", "juliet", "127.0.0.1", "")]
    [InlineData("juliet@[::1]/x", "juliet", "[::1]", "x")]
    [InlineData("juliet@[2001:DB8::0:1]", "juliet", "[2001:db8::1]", "")]
    [InlineData("juliet@xn--bcher-kva.example", "juliet", "b\u00fccher.example", "")]
    [InlineData("juliet@B\u00dcCHER.example", "juliet", "b\u00fccher.example", "")]
    [InlineData("juliet@example.com/a/b@c", "juliet", "example.com", "a/b@c")]
    // Erratum 4560: a leading space in a resource is allowed after all.
    [InlineData("juliet@example.com/ foo", "juliet", "example.com", " foo")]
    [InlineData("\uff2a\uff35\uff2c\uff29\uff25\uff34@example.com", "juliet", "example.com", "")]
    [InlineData("e\u0301va@example.com/e\u0301", "\u00e9va", "example.com", "\u00e9")]
    [InlineData("\u05d0\u05d1\u05d2@example.com", "\u05d0\u05d1\u05d2", "example.com", "")]
    [InlineData("juliet@example.com/foo\u00a0bar", "juliet", "example.com", "foo bar")]
    public void A_valid_address_has_one_canonical_form(string text, string local, string domain, string resource)
    {
        Assert.True(Jid.TryParse(text, out var jid, out var error), error);
        Assert.Equal((local, domain, resource), (jid.Local.ToString(), jid.Domain.ToString(), jid.Resource.ToString()));
        Assert.Equal(resource == "", jid.IsBare);
        Assert.Equal((local == "" ? "" : local + "@") + domain, jid.Bare.Text);
        Assert.True(Jid.TryParse(jid.Text, out var again, out _));
        Assert.Equal(jid, again);
    }

    // RFC 7622, section 3.5, table 2, without the one that erratum 4560 takes out.
    [Theory]
    [InlineData("\"juliet\"@example.com")]
    [InlineData("foo bar@example.com")]
    [InlineData("@example.com/")]
    [InlineData("henry\u2163@example.com")]
    [InlineData("\u265a@example.com")]
    [InlineData("juliet@")]
    [InlineData("/foobar")]
    // Further ones.
    [InlineData("")]
    [InlineData("@")]
    [InlineData("@example.com")]
    [InlineData("juliet@example.com/")]
    [InlineData("juliet@@example.com")]
    [InlineData("juliet@capulet@example.com")]
    [InlineData("juliet&romeo@example.com")]
    [InlineData("o'hara@example.com")]
    [InlineData("a:b@example.com")]
    [InlineData("a<b@example.com")]
    [InlineData("a>b@example.com")]
    [InlineData("\uff20juliet@example.com")]
    [InlineData("a\uff0fb@example.com")]
    [InlineData("juliet@exa mple.com")]
    [InlineData("juliet@exa_mple.com")]
    [InlineData("juliet@-example.com")]
    [InlineData("juliet@a..b")]
    [InlineData("juliet@.")]
    [InlineData("juliet@..")]
    [InlineData("juliet@[::1")]
    [InlineData("juliet@[1]")]
    [InlineData("juliet@[127.0.0.1]")]
    [InlineData("juliet@[fe80::1%1]")]
    [InlineData("juliet@[]")]
    [InlineData("jul\u0000iet@example.com")]
    [InlineData("juliet@example.com/a\u0000")]
    [InlineData("juliet@example.com/a\u0007b")]
    [InlineData("juliet@example.com/a\nb")]
    [InlineData("jul\u00adiet@example.com")]
    [InlineData("jul\u200biet@example.com")]
    [InlineData("jul\ufe0fiet@example.com")]
    [InlineData("juliet@example.com/a\u202eb")]
    [InlineData("juliet@example.com/a\u2028b")]
    [InlineData("\u1100@example.com")]
    [InlineData("a\u05d0@example.com")]
    [InlineData("\u05d0a@example.com")]
    [InlineData("1\u05d0@example.com")]
    [InlineData("\u0661@example.com")]
    [InlineData("\u0627\u06611@example.com")]
    [InlineData("\u0627\u0661\u06f1@example.com")]
    [InlineData("\u0640@example.com")]
    public void An_invalid_address_is_refused_with_a_reason(string text)
    {
        Assert.False(Jid.TryParse(text, out var jid, out var error));
        Assert.NotEmpty(error!);
        Assert.Equal("", jid.Text);
    }

    [Theory]
    [InlineData('\ud800')]
    [InlineData('\udc00')]
    public void A_lone_surrogate_is_refused_everywhere(char surrogate)
    {
        Assert.False(Jid.TryParse($"a{surrogate}@example.com", out _, out _));
        Assert.False(Jid.TryParse($"a@ex{surrogate}.com", out _, out _));
        Assert.False(Jid.TryParse($"a@example.com/{surrogate}b", out _, out _));
    }

    [Fact]
    public void Every_part_has_at_most_1023_bytes()
    {
        var longest = new string('a', Jid.MaxPartBytes);
        Assert.True(Jid.TryParse($"{longest}@example.com/{longest}", out _, out var error), error);
        Assert.False(Jid.TryParse($"{longest}a@example.com", out _, out _));
        Assert.False(Jid.TryParse($"a@example.com/{longest}a", out _, out _));
        Assert.False(Jid.TryParse($"a@{longest}", out _, out _));
        // 512 characters of two bytes each.
        Assert.False(Jid.TryParse($"{new string('\u00e9', 512)}@example.com", out _, out _));
        Assert.False(Jid.TryParse(new string('\u00e9', 1 << 20), out _, out _));
        Assert.False(Jid.TryParseUser(new string('\u00e9', 1 << 20), "localhost", out _, out _));
    }

    [Theory]
    [InlineData("Juliet", "juliet@localhost")]
    [InlineData("juliet@Example.com", "juliet@example.com")]
    [InlineData("\u00c9va", "\u00e9va@localhost")]
    public void A_name_without_a_domain_means_the_local_one(string text, string address)
    {
        Assert.True(Jid.TryParseUser(text, "localhost", out var jid, out var error), error);
        Assert.Equal(address, jid.Text);
    }

    [Theory]
    [InlineData("juliet/balcony")]
    [InlineData("juliet@example.com/balcony")]
    [InlineData("")]
    [InlineData("jul iet")]
    [InlineData("juliet\uff20example.com")]
    public void Where_a_user_is_wanted_a_resource_or_an_invalid_name_is_refused(string text) =>
        Assert.False(Jid.TryParseUser(text, "localhost", out _, out _));

    [Fact]
    public void A_bare_address_gets_a_resource_and_gives_it_back()
    {
        var full = Jid.FromCanonical("juliet@example.com").WithResource("a/b@c");
        Assert.Equal("juliet@example.com/a/b@c", full.Text);
        Assert.Equal(("juliet", "example.com", "a/b@c"), (full.Local.ToString(), full.Domain.ToString(), full.Resource.ToString()));
        Assert.Equal("juliet@example.com/x", full.WithResource("x").Text);
        Assert.Equal(Jid.FromCanonical("juliet@example.com"), full.Bare);
        Assert.Equal(("", "", "", true), (default(Jid).Local.ToString(), default(Jid).Domain.ToString(), default(Jid).Resource.ToString(), default(Jid).IsBare));
    }
}
