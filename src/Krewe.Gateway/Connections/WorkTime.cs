namespace Krewe.Gateway.Connections;

/// <summary>How long a piece of work takes, as a moving average, and when who found the queue full should come again.</summary>
internal sealed class WorkTime
{
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(30);

    private double _seconds;

    public void Note(TimeSpan took)
    {
        // One in twenty: a storm's own times count soon, one slow piece does not. A lost update costs nothing.
        var before = Volatile.Read(ref _seconds);
        Volatile.Write(ref _seconds, before == 0 ? took.TotalSeconds : before + ((took.TotalSeconds - before) / 20));
    }

    /// <summary>At random over the time that those take who wait already, so that who is refused together does not come back together.</summary>
    public TimeSpan ComeBack(long waiting, int atOnce)
    {
        var busy = TimeSpan.FromSeconds(Volatile.Read(ref _seconds) * waiting / atOnce);
        var spread = busy < AtLeast ? AtLeast : busy > AtMost ? AtMost : busy;
        return TimeSpan.FromSeconds(1) + (Random.Shared.NextDouble() * spread);
    }
}
