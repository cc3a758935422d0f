using System.Text;

namespace Krewe.Push.Tests;

public sealed class PushTextTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcdefgh", 6, "abc…")]
    [InlineData("👨‍👩‍👧 family", 20, "…")]
    [InlineData("e\u0301e\u0301e\u0301", 8, "e\u0301…")]
    [InlineData("abcdef", 2, "")]
    public void A_preview_is_cut_between_characters(string text, int bytes, string expected)
    {
        var cut = PushText.CutToBytes(text, bytes);
        Assert.Equal(expected, cut);
        Assert.True(Encoding.UTF8.GetByteCount(cut) <= bytes);
    }
}
