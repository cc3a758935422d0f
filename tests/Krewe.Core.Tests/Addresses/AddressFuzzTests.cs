using System.Text;
using Krewe.Core.Addresses;

namespace Krewe.Core.Tests.Addresses;

/// <summary>Properties that hold for any input, tried on random ones from a fixed seed.</summary>
public sealed class AddressFuzzTests
{
    private const int Rounds = 10_000;

    // Where bugs live: separators, marks, other widths and directions, invisible and unassigned characters, half pairs.
    private static readonly string[] Pieces =
    [
        "a", "Z", "0", "@", "/", ".", "-", "_", "[", "]", ":", " ", "%", "xn--", "\\", "\u0000", "\u007f", "\u00a0", "\u00ad", "\u00b7", "\u00c5", "\u00df", "\u0130", "\u0131",
        "\u0301", "\u0345", "\u03a3", "\u03c2", "\u05d0", "\u05f3", "\u0627", "\u0640", "\u0661", "\u06f1", "\u0915", "\u094d", "\u1100", "\u1161", "\u1680", "\u1c90", "\u1e9e", "\u200c", "\u200d",
        "\u202e", "\u2126", "\u212a", "\u2163", "\u24b6", "\u3002", "\u3007", "\u30fb", "\u4e00", "\uac00", "\ud800", "\udc00", "\ud83d\ude00", "\ud801\udc00", "\ufb1d", "\ufe0f", "\ufeff",
        "\uff0e", "\uff20", "\uff21", "\uff61", "\uff8a", "\uff9e", "\uffe3", "\uffff",
    ];

    [Fact]
    public void Reading_never_throws_and_the_canonical_form_reads_as_itself()
    {
        var random = new Random(7622);
        for (var round = 0; round < Rounds; round++)
        {
            var text = Any(random);
            if (!Jid.TryParse(text, out var jid, out var error))
            {
                Assert.NotEmpty(error);
                continue;
            }
            Assert.True(Jid.TryParse(jid.Text, out var again, out error), $"{Show(text)} became {Show(jid.Text)}, which is refused: {error}");
            Assert.True(jid == again, $"{Show(text)} became {Show(jid.Text)} and that {Show(again.Text)}");
            Assert.True(jid.Text.IsNormalized(NormalizationForm.FormC), Show(jid.Text));
            Assert.InRange(Encoding.UTF8.GetByteCount(jid.Domain), 1, Jid.MaxPartBytes);
            Assert.Equal(jid.Text, jid.IsBare ? jid.Bare.Text : jid.Bare.WithResource(jid.Resource.ToString()).Text);
        }
    }

    [Fact]
    public void Names_are_read_the_same_with_and_without_their_domain()
    {
        var random = new Random(8265);
        for (var round = 0; round < Rounds; round++)
        {
            var text = Any(random);
            if (text.Contains('@') || text.Contains('/')) continue;
            var alone = Jid.TryParseUser(text, "localhost", out var short1, out _);
            Assert.Equal(alone, Jid.TryParse($"{text}@localhost", out var long1, out _));
            Assert.Equal(short1, long1);
        }
    }

    [Fact]
    public void Folding_twice_is_folding_once()
    {
        var random = new Random(8264);
        for (var round = 0; round < Rounds; round++)
        {
            var text = Any(random);
            if (Precis.TryUsername(text, out var name, out _))
            {
                Assert.True(Precis.TryUsername(name, out var again, out _), Show(name));
                Assert.Equal(name, again);
            }
            if (!Precis.TryOpaque(text, out var opaque, out _)) continue;
            Assert.True(Precis.TryOpaque(opaque, out var opaqueAgain, out _), Show(opaque));
            Assert.Equal(opaque, opaqueAgain);
        }
    }

    [Fact]
    public void Every_single_character_is_read_the_same_again()
    {
        for (var value = 0; value <= 0x10ffff; value++)
        {
            if (!Rune.IsValid(value)) continue;
            var text = new Rune(value).ToString();
            if (!Precis.TryUsername(text, out var name, out _)) continue;
            Assert.True(Precis.TryUsername(name, out var again, out _) && name == again, $"U+{value:X4} became {Show(name)}");
        }
    }

    private static string Any(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(0, 8)).Select(_ => Pieces[random.Next(Pieces.Length)]))
        + (random.Next(3) == 0 ? "@a.b" : "") + (random.Next(6) == 0 ? "/r" : "");

    private static string Show(string text) => string.Join(' ', text.Select(c => $"{(int)c:X4}"));
}
