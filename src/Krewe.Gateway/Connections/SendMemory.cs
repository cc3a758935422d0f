namespace Krewe.Gateway.Connections;

/// <summary>The bytes that wait for all clients of this gateway together. Beyond the bound somebody has to go.</summary>
/// <param name="full">Called outside of any lock, on the thread that passed the bound, and often: it must return at once.</param>
internal sealed class SendMemory(long bound, Action full)
{
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public long Bound => bound;

    public void Add(int bytes)
    {
        if (bytes != 0 && Interlocked.Add(ref _bytes, bytes) > bound && bytes > 0) full();
    }
}
