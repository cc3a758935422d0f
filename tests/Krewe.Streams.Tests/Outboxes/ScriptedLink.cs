using System.Threading.Channels;
using Krewe.Streams.Transport;

namespace Krewe.Streams.Tests.Outboxes;

/// <summary>A gateway of which the test answers every call by hand.</summary>
internal sealed class ScriptedLink : IGatewayLink
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    public int MostAtOnce { get; private set; }

    private int _open;

    public async ValueTask<bool> PushAsync(EventBatch batch) => await AnswerAsync(new Call(batch, batch.Number));

    public async ValueTask HeartbeatAsync(SiloAddress core, long number) => await AnswerAsync(new Call(null, number));

    public async Task<Call> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            return await _calls.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("The outbox did not call the gateway.");
        }
    }

    public bool HasCall => _calls.Reader.TryPeek(out _);

    private async Task<bool> AnswerAsync(Call call)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _open));
        _calls.Writer.TryWrite(call);
        try
        {
            return await call.Answer.Task;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <param name="Batch">Null: a heartbeat.</param>
    public sealed record Call(EventBatch? Batch, long Number)
    {
        public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Accept() => Answer.SetResult(true);

        public void Full() => Answer.SetResult(false);

        public void Fail() => Answer.SetException(new SiloUnavailableException("The test says so."));
    }
}
