using System.Text;
using Krewe.Gateway.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Gateway.Tests.Sessions;

public sealed class OutputQueueTests
{
    [Fact]
    public async Task What_comes_during_a_write_goes_out_with_the_next_in_order()
    {
        var wire = new Wire();
        var queue = new OutputQueue(wire, 100_000, new Owner(), new FakeTimeProvider());
        queue.Append("a"u8, "b"u8);
        queue.Flush();
        queue.Append("c"u8);
        queue.Flush();
        queue.Append("d"u8, "e"u8, "f"u8, "g"u8);
        Assert.Equal<IEnumerable<string>>(["ab"], wire.Written);
        wire.Finish();
        Assert.Equal<IEnumerable<string>>(["ab", "cdefg"], wire.Written);
        Assert.NotNull(queue.WriteBegan);
        var idle = queue.WaitForIdleAsync();
        wire.Finish();
        await idle.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Null(queue.WriteBegan);
    }

    [Fact]
    public async Task Room_ends_and_comes_back()
    {
        var wire = new Wire();
        var owner = new Owner();
        var queue = new OutputQueue(wire, 1_000_000, owner, new FakeTimeProvider());
        queue.Append(new byte[40_000]);
        Assert.False(queue.HasRoom);
        queue.Flush();
        var room = queue.WaitForRoomAsync();
        Assert.False(room.IsCompleted);
        wire.Finish();
        await room.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(queue.HasRoom);
        Assert.Equal(1, owner.Rooms);
        Assert.Equal(40_000, owner.Bytes);
    }

    [Fact]
    public void Beyond_the_bound_the_owner_is_told_once()
    {
        var owner = new Owner();
        var queue = new OutputQueue(new Wire(), 100_000, owner, new FakeTimeProvider());
        for (var i = 0; i < 5; i++) queue.Append(new byte[30_000]);
        Assert.Equal(1, owner.Overflows);
    }

    [Fact]
    public void What_waits_elsewhere_counts_until_the_client_takes_something()
    {
        var wire = new Wire();
        var owner = new Owner();
        var queue = new OutputQueue(wire, 100_000, owner, new FakeTimeProvider());
        queue.Append(new byte[40_000]);
        queue.Flush();
        queue.AddOverdue(59_000);
        wire.Finish();
        queue.Append(new byte[40_000]);
        queue.Flush();
        queue.AddOverdue(59_000);
        Assert.Equal(0, owner.Overflows);
        queue.AddOverdue(2_000);
        Assert.Equal(1, owner.Overflows);
    }

    [Fact]
    public async Task A_broken_wire_is_told_and_ends_the_queue()
    {
        var wire = new Wire();
        var owner = new Owner();
        var queue = new OutputQueue(wire, 100_000, owner, new FakeTimeProvider());
        queue.Append("x"u8);
        queue.Flush();
        wire.Break();
        Assert.Equal(1, owner.Breaks);
        queue.Append("y"u8);
        await queue.WaitForIdleAsync().WaitAsync(TimeSpan.FromSeconds(20));
        await queue.WaitForRoomAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal<IEnumerable<string>>(["x"], wire.Written);
    }

    [Fact]
    public async Task Many_writers_lose_nothing()
    {
        var wire = new Wire { Automatic = true };
        var queue = new OutputQueue(wire, int.MaxValue, new Owner(), TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                queue.Append(Encoding.ASCII.GetBytes($"{writer}:{i};"));
                if (i % 7 == 0) queue.Flush();
            }
            queue.Flush();
        })));
        await queue.WaitForIdleAsync().WaitAsync(TimeSpan.FromSeconds(20));
        var next = new int[8];
        foreach (var message in string.Concat(wire.Written).Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = message.Split(':');
            Assert.Equal(next[parts[0][0] - '0']++, int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        }
        Assert.All(next, count => Assert.Equal(5_000, count));
    }

    private sealed class Owner : IOutputOwner
    {
        public int Rooms { get; private set; }

        public int Overflows { get; private set; }

        public int Breaks { get; private set; }

        public int Bytes { get; private set; }

        public void OnRoom() => Rooms++;

        public void OnOverflow() => Overflows++;

        public void OnBroken(Exception error) => Breaks++;

        public void OnWritten(int bytes) => Bytes += bytes;
    }

    /// <summary>A wire whose writes end when the test says so.</summary>
    private sealed class Wire : Stream
    {
        private TaskCompletionSource? _write;

        public bool Automatic { get; init; }

        public List<string> Written { get; } = [];

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written.Add(Encoding.ASCII.GetString(buffer.Span));
            if (Automatic) return new(Task.Run(() => { }, CancellationToken.None));
            _write = new();
            return new(_write.Task);
        }

        public void Finish() => Interlocked.Exchange(ref _write, null)!.SetResult();

        public void Break() => Interlocked.Exchange(ref _write, null)!.SetException(new IOException("broken"));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
