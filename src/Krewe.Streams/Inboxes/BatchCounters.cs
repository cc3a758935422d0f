namespace Krewe.Streams.Inboxes;

/// <summary>What a batch's number says.</summary>
internal enum Arrival
{
    /// <summary>It follows the last one.</summary>
    Next,
    /// <summary>It was here before: its call was repeated, for the answer got lost.</summary>
    Repeated,
    /// <summary>One before it is missing.</summary>
    AfterGap,
}

/// <summary>The last batch number of each silo that sends to this gateway. A silo's restart makes it another one, with numbers from 1. Not thread-safe.</summary>
internal sealed class BatchCounters
{
    private readonly Dictionary<SiloAddress, long> _last = [];

    public bool Knows(SiloAddress core, long number) => number <= _last.GetValueOrDefault(core);

    /// <summary>Takes note of a batch.</summary>
    public Arrival Take(SiloAddress core, long number)
    {
        var last = _last.GetValueOrDefault(core);
        if (number <= last) return Arrival.Repeated;
        _last[core] = number;
        return number == last + 1 ? Arrival.Next : Arrival.AfterGap;
    }

    /// <summary>Takes note of a heartbeat; true if batches are missing.</summary>
    public bool Beat(SiloAddress core, long number)
    {
        if (Knows(core, number)) return false;
        _last[core] = number;
        return true;
    }

    public void Forget(SiloAddress core) => _last.Remove(core);
}
