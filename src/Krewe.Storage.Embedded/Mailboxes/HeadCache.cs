using Krewe.Core.Addresses;

namespace Krewe.Storage.Embedded.Mailboxes;

/// <summary>The heads of the mailboxes used last, bounded. Not thread-safe: it belongs to the writer's thread.</summary>
/// <remarks>Two generations instead of a linked list: when the young one is full it becomes the old one, and what is used again moves up.</remarks>
internal sealed class HeadCache(int capacity)
{
    private readonly int _half = Math.Max(1, capacity / 2);
    private Dictionary<Jid, Head> _young = [];
    private Dictionary<Jid, Head> _old = [];

    public int Count => _young.Count + _old.Count;

    public bool TryGet(Jid owner, out Head head)
    {
        if (_young.TryGetValue(owner, out head))
        {
            return true;
        }
        if (!_old.Remove(owner, out head))
        {
            return false;
        }
        Set(owner, head);
        return true;
    }

    public void Set(Jid owner, Head head)
    {
        if (_young.Count >= _half && !_young.ContainsKey(owner))
        {
            (_old, _young) = (_young, []);
        }
        _old.Remove(owner);
        _young[owner] = head;
    }

    public void Remove(Jid owner)
    {
        _young.Remove(owner);
        _old.Remove(owner);
    }

    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
