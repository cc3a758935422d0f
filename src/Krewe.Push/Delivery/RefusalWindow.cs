namespace Krewe.Push.Delivery;

/// <summary>Which share of the attempts of the last minutes failed. Not thread-safe.</summary>
internal sealed class RefusalWindow(TimeProvider time)
{
    /// <summary>How far back it looks.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    private const int Parts = 30;
    private static readonly long PartTicks = Length.Ticks / Parts;
    private readonly (long Part, int Attempts, int Refused)[] _parts = new (long, int, int)[Parts];

    public void Add(bool refused)
    {
        var now = time.GetUtcNow().UtcTicks / PartTicks;
        ref var part = ref _parts[now % Parts];
        if (part.Part != now) part = (now, 0, 0);
        part.Attempts++;
        if (refused) part.Refused++;
    }

    public (int Attempts, int Refused) Sum()
    {
        var now = time.GetUtcNow().UtcTicks / PartTicks;
        var (attempts, refused) = (0, 0);
        foreach (var part in _parts)
        {
            if (part.Part <= now - Parts || part.Part > now) continue;
            attempts += part.Attempts;
            refused += part.Refused;
        }
        return (attempts, refused);
    }
}
