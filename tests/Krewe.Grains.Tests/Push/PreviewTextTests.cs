using System.Globalization;
using Krewe.Grains.Push;

namespace Krewe.Grains.Tests.Push;

public sealed class PreviewTextTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" \r\n\t ", null)]
    [InlineData("\u202e\u0007", null)]
    [InlineData("hi", "hi")]
    [InlineData("  two\r\n\r\nlines\tand  more ", "two lines and more")]
    [InlineData("a\u202eb\u2066c\u2069d\u200ee\u200ff\u061cg\u202ah", "abcdefgh")]
    [InlineData("a\u0000b\u001bc\u0085d\u2028e\u2029f", "abc d e f")]
    [InlineData("👩‍👩‍👧 e\u0301 שלום", "👩‍👩‍👧 e\u0301 שלום")]
    public void Nothing_is_left_that_acts_on_the_text_around_it(string? text, string? preview) => Assert.Equal(preview, PreviewText.Of(text));

    [Theory]
    [InlineData("x", 1_000)]
    [InlineData("👩‍👩‍👧", 125)]
    [InlineData("e\u0301", 500)]
    public void A_long_text_is_cut_between_characters(string character, int kept)
    {
        var preview = PreviewText.Of(string.Concat(Enumerable.Repeat(character, 5_000)))!;
        Assert.Equal(string.Concat(Enumerable.Repeat(character, kept)) + "…", preview);
        Assert.Equal(kept + 1, new StringInfo(preview).LengthInTextElements);
    }

    [Fact]
    public void A_character_without_end_is_cut_though_not_within_a_code_point()
    {
        Assert.Equal(1_001, PreviewText.Of("a" + new string('\u0301', 5_000))!.Length);
        var flags = PreviewText.Of("x" + string.Concat(Enumerable.Repeat("\U000E0061", 3_000)))!;
        Assert.False(char.IsHighSurrogate(flags[^2]));
    }

    [Fact]
    public void A_text_that_just_fits_is_whole()
    {
        var text = new string('x', 1_000);
        Assert.Equal(text, PreviewText.Of(text));
        Assert.Equal(text, PreviewText.Of(text + " \n\u202e"));
    }
}
