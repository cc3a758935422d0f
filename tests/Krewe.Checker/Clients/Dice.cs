namespace Krewe.Checker.Clients;

/// <summary>A random generator with a seed that many tasks may use at once.</summary>
internal sealed class Dice(int seed) : Random
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);

    public override int Next()
    {
        lock (_lock) return _random.Next();
    }

    public override int Next(int maxValue)
    {
        lock (_lock) return _random.Next(maxValue);
    }

    public override int Next(int minValue, int maxValue)
    {
        lock (_lock) return _random.Next(minValue, maxValue);
    }

    public override long NextInt64(long minValue, long maxValue)
    {
        lock (_lock) return _random.NextInt64(minValue, maxValue);
    }

    public override double NextDouble()
    {
        lock (_lock) return _random.NextDouble();
    }
}
