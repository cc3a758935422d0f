using Krewe.Core.Push;

namespace Krewe.Grains.Push;

/// <summary>Where the user is at the moment, by what devices have acked. Kept in memory only: a user whom a new activation does not know is not there.</summary>
/// <param name="isInactive">The device has said that nobody looks at it.</param>
internal sealed class PushActivity(PushPolicyOptions options, Func<string, bool> isInactive, TimeProvider time)
{
    // A user with more devices than these in use at once is no person.
    private const int MaxDevices = 16;

    private readonly Dictionary<string, long> _acks = new(StringComparer.Ordinal);

    /// <summary>Notes an ack.</summary>
    /// <returns>True if the device is in use: what it has acked the user has, or may have, in view.</returns>
    public bool Acked(string device)
    {
        if (_acks.Count >= MaxDevices && !_acks.ContainsKey(device)) _acks.Remove(_acks.MinBy(ack => ack.Value).Key);
        _acks[device] = time.GetTimestamp();
        return !isInactive(device);
    }

    /// <summary>How much longer a device is left alone because the user is active; zero if it need not be.</summary>
    public TimeSpan WaitFor(string device)
    {
        var longest = TimeSpan.Zero;
        foreach (var (acker, at) in _acks)
        {
            // One that nobody looks at says nothing about the others; of itself, that it was connected a moment ago.
            var holds = !isInactive(acker) ? options.ActiveFor : acker == device ? options.Grace : TimeSpan.Zero;
            var left = holds - time.GetElapsedTime(at);
            if (left > longest) longest = left;
        }
        return longest;
    }
}
