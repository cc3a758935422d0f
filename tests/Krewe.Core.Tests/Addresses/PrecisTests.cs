using Krewe.Core.Addresses;

namespace Krewe.Core.Tests.Addresses;

public sealed class PrecisTests
{
    // RFC 8265, section 4.3: passwords by OpaqueString.
    [Theory]
    [InlineData("correct horse battery staple", "correct horse battery staple")]
    [InlineData("Correct Horse Battery Staple", "Correct Horse Battery Staple")]
    [InlineData("\u03c0\u00df\u00e5", "\u03c0\u00df\u00e5")]
    [InlineData("Jack of \u2666s", "Jack of \u2666s")]
    [InlineData("foo\u1680bar", "foo bar")]
    [InlineData("a\u0301", "\u00e1")]
    [InlineData("\uff21", "\uff21")]
    [InlineData("\ud83d\ude00", "\ud83d\ude00")]
    public void A_password_is_kept_but_for_spaces_and_normalisation(string text, string opaque)
    {
        Assert.True(Precis.TryOpaque(text, out var result, out var error), error);
        Assert.Equal(opaque, result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("my cat is a \u0009by")]
    [InlineData("a\u00adb")]
    [InlineData("a\u2028b")]
    [InlineData("\ue000")]
    [InlineData("\ufdd0")]
    [InlineData("\uffff")]
    [InlineData("\u1100\u1161\u11a8\u11a8")]
    public void Controls_invisible_and_private_characters_are_in_no_password(string text) => Assert.False(Precis.TryOpaque(text, out _, out _));

    // RFC 5892, appendix A.
    [Theory]
    [InlineData("col\u00b7lecci\u00f3", true)]
    [InlineData("a\u00b7b", false)]
    [InlineData("\u0375\u03b1", true)]
    [InlineData("\u03b1\u0375", false)]
    [InlineData("\u05d0\u05f3", true)]
    [InlineData("\u30a2\u30fb\u30a4", true)]
    [InlineData("a\u30fbb", false)]
    [InlineData("\u3007", true)]
    [InlineData("a\u200db", false)]
    public void Some_characters_need_their_context(string name, bool allowed) => Assert.Equal(allowed, Precis.TryUsername(name, out _, out _));

    [Theory]
    [InlineData("JULIET", "juliet")]
    [InlineData("\uff8a\uff9e", "\u30d0")]
    [InlineData("\u212bngstrom", "\u00e5ngstrom")]
    [InlineData("\u0395\u03a5\u03a1\u03a9", "\u03b5\u03c5\u03c1\u03c9")]
    public void A_name_is_folded_to_one_width_one_case_and_one_form(string text, string name)
    {
        Assert.True(Precis.TryUsername(text, out var result, out var error), error);
        Assert.Equal(name, result);
    }
}
