using System.Buffers;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>The elements that have begun and not ended, each with the newest binding in force before it; in a borrowed array.</summary>
internal sealed class XmlOpenElements
{
    private (int Node, int Head)[] _stack = [];

    public int Depth { get; private set; }

    public int Innermost => _stack[Depth - 1].Node;

    public void Push(int node, int head)
    {
        if (Depth == _stack.Length)
        {
            var larger = ArrayPool<(int, int)>.Shared.Rent(Math.Max(16, Depth * 2));
            _stack.AsSpan(0, Depth).CopyTo(larger);
            Return();
            _stack = larger;
        }
        _stack[Depth++] = (node, head);
    }

    public (int Node, int Head) Pop() => _stack[--Depth];

    public void Release()
    {
        Return();
        (_stack, Depth) = ([], 0);
    }

    private void Return()
    {
        if (_stack.Length > 0) ArrayPool<(int, int)>.Shared.Return(_stack);
    }
}
