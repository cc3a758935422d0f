namespace Krewe.Core.Limits;

/// <summary>Counts what users mean by characters where a bound is in characters: Unicode code points.</summary>
public static class CharacterCount
{
    public static int Of(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var unit in text)
        {
            if (!char.IsLowSurrogate(unit)) count++;
        }
        return count;
    }
}
