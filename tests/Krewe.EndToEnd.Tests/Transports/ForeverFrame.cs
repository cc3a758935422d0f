using System.Text;

namespace Krewe.EndToEnd.Tests.Transports;

/// <summary>Takes the calls out of a forever frame, as a browser would run them.</summary>
internal sealed class ForeverFrame(TextReader body)
{
    private const string Begin = "<script>parent.krewe.receive(";
    private const string End = ")</script>";

    private readonly StringBuilder _rest = new();
    private readonly char[] _buffer = new char[8192];

    /// <summary>The next call's argument, or null at the end.</summary>
    public async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var text = _rest.ToString();
            if (text.IndexOf(Begin, StringComparison.Ordinal) is >= 0 and var begin
                && text.IndexOf(End, begin, StringComparison.Ordinal) is >= 0 and var end)
            {
                _rest.Remove(0, end + End.Length);
                return text[(begin + Begin.Length)..end];
            }
            var read = await body.ReadAsync(_buffer, cancellationToken);
            if (read == 0) return null;
            _rest.Append(_buffer, 0, read);
        }
    }
}
