namespace Krewe.TestKit.Push;

/// <summary>What is to be answered next: to one token first, then to anybody.</summary>
internal sealed class ReplyScript
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Part> _byToken = new(StringComparer.Ordinal);
    private readonly Part _all = new();

    public void Add(string? token, IEnumerable<FakeReply> replies)
    {
        lock (_lock)
        {
            var part = Of(token);
            foreach (var reply in replies) part.Next.Enqueue(reply);
        }
    }

    public void Fix(string? token, FakeReply? reply)
    {
        lock (_lock) Of(token).Always = reply;
    }

    public FakeReply Take(string? token)
    {
        lock (_lock)
        {
            return (token is not null && _byToken.TryGetValue(token, out var own) ? own.Take() : null) ?? _all.Take() ?? FakeReply.AsUsual;
        }
    }

    private Part Of(string? token)
    {
        if (token is null) return _all;
        if (!_byToken.TryGetValue(token, out var part)) _byToken[token] = part = new Part();
        return part;
    }

    private sealed class Part
    {
        public Queue<FakeReply> Next { get; } = new();

        public FakeReply? Always { get; set; }

        public FakeReply? Take() => Next.TryDequeue(out var reply) ? reply : Always;
    }
}
