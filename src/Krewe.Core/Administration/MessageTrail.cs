using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Microsoft.Extensions.Options;

namespace Krewe.Core.Administration;

/// <summary>The last steps of messages on this silo, in a ring of fixed size: who asks soon enough learns when a message was where. Ids and numbers, never content.</summary>
/// <remarks>Writers take a place each and fill it without a lock; a reader passes over a place that is being filled. A step costs some 50 ns, a message has about six.</remarks>
public sealed class MessageTrail
{
    private readonly Slot[] _slots;
    private readonly uint _sampleEvery;
    private readonly TimeProvider _time;
    private long _next;

    public MessageTrail(IOptions<TrailOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _slots = new Slot[options.Value.Steps];
        _sampleEvery = (uint)options.Value.SampleEvery;
        _time = time;
    }

    /// <summary>Notes a step.</summary>
    /// <param name="owner">Whose mailbox, session or device it is about.</param>
    /// <param name="detail">A device or session.</param>
    /// <param name="gateway">Where it goes.</param>
    public void Note(TrailStep step, Jid owner, Jid from, string id, long seq = 0, string? detail = null, SiloAddress? gateway = null)
    {
        if (_slots.Length == 0 || (_sampleEvery > 1 && Hash(id) % _sampleEvery != 0)) return;
        var place = Interlocked.Increment(ref _next);
        ref var slot = ref _slots[place % _slots.Length];
        // Odd while it is being filled. Whoever comes round the whole ring before that is done loses the step.
        var before = Volatile.Read(ref slot.Version);
        if (before % 2 != 0 || Interlocked.CompareExchange(ref slot.Version, place * 2 - 1, before) != before) return;
        (slot.At, slot.Step, slot.Owner, slot.From, slot.Id, slot.Seq, slot.Detail, slot.Gateway) =
            (_time.GetUtcNow().UtcTicks, step, owner, from, id, seq, detail, gateway);
        Volatile.Write(ref slot.Version, place * 2);
    }

    /// <summary>What is remembered of one message, the oldest step first.</summary>
    public Trail Find(Jid from, string id)
    {
        var found = new List<TrailEntry>();
        for (var i = 0; i < _slots.Length; i++)
        {
            ref var slot = ref _slots[i];
            var version = Volatile.Read(ref slot.Version);
            if (version == 0 || version % 2 != 0) continue;
            var copy = slot;
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref slot.Version) != version || copy.Id != id || copy.From != from) continue;
            found.Add(new TrailEntry(new DateTimeOffset(copy.At, TimeSpan.Zero), copy.Step, copy.Owner, copy.Seq, copy.Detail, copy.Gateway));
        }
        return new Trail([.. found.OrderBy(entry => entry.At)]);
    }

    // The same on every silo, unlike the runtime's own: the steps of a message are all remembered or none (FNV-1a).
    private static uint Hash(string id)
    {
        var hash = 2166136261u;
        foreach (var character in id) hash = (hash ^ character) * 16777619u;
        return hash;
    }

    private struct Slot
    {
        public long Version;
        public long At;
        public long Seq;
        public Jid Owner;
        public Jid From;
        public string Id;
        public string? Detail;
        public SiloAddress? Gateway;
        public TrailStep Step;
    }
}

/// <summary>Where a message was.</summary>
[GenerateSerializer, Alias("krewe.TrailStep")]
public enum TrailStep
{
    /// <summary>The sender's grain took it: rate, id and address are in order.</summary>
    Accepted = 1,
    /// <summary>Durable in a mailbox.</summary>
    Stored,
    /// <summary>Put on the stream of a gateway that holds sessions of the mailbox's owner.</summary>
    Published,
    /// <summary>Given to a session's connection.</summary>
    Written,
    /// <summary>Taken by a push service for a device.</summary>
    Pushed,
}

/// <summary>One step.</summary>
[GenerateSerializer, Immutable, Alias("krewe.TrailEntry")]
public sealed record TrailEntry(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] TrailStep Step, [property: Id(2)] Jid Owner, [property: Id(3)] long Seq,
    [property: Id(4)] string? Detail, [property: Id(5)] SiloAddress? Gateway);

/// <summary>What one silo remembers of a message.</summary>
[GenerateSerializer, Immutable, Alias("krewe.Trail")]
public sealed record Trail([property: Id(0)] ImmutableArray<TrailEntry> Entries);

/// <summary>People.</summary>
[GenerateSerializer, Immutable, Alias("krewe.Audience")]
public sealed record Audience([property: Id(0)] ImmutableArray<Jid> Users);
