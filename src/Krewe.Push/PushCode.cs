namespace Krewe.Push;

/// <summary>A push service's word, made fit for logs, metrics and answers: it comes from outside.</summary>
internal static class PushCode
{
    private const int MaxLength = 64;

    public static string Clean(string code)
    {
        if (code.Length <= MaxLength && code.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0) return code;
        return string.Create(Math.Min(code.Length, MaxLength), code, static (clean, code) =>
        {
            for (var i = 0; i < clean.Length; i++) clean[i] = code[i] is >= ' ' and <= '~' ? code[i] : '?';
        });
    }
}
