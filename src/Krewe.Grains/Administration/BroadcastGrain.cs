using System.Collections.Immutable;
using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Core.Silos;
using Krewe.Grains.Draining;
using Krewe.Grains.Users;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Krewe.Grains.Administration;

/// <inheritdoc cref="IBroadcastGrain"/>
[Reentrant, CoreSilos, ServingSilo, GrainType("broadcasts")]
internal sealed partial class BroadcastGrain : Grain, IBroadcastGrain, IDisposable
{
    private const int Page = 100;

    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Stays = TimeSpan.FromMinutes(10);

    private readonly SavedState<BroadcastsState> _state;
    private readonly SavedState<BroadcastAudienceState> _audience;
    private readonly IUserList _users;
    private readonly BroadcastPost _post;
    private readonly LimitOptions _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public BroadcastGrain(
        [PersistentState("broadcasts", KreweDefaults.GrainStorage)] IPersistentState<BroadcastsState> state,
        [PersistentState("audience", KreweDefaults.GrainStorage)] IPersistentState<BroadcastAudienceState> audience,
        IUserList users, BroadcastPost post, IOptions<LimitOptions> limits, TimeProvider time, ILogger<BroadcastGrain> logger)
    {
        (_state, _audience) = (new(state, DeactivateOnIdle), new(audience, DeactivateOnIdle));
        (_users, _post, _limits, _time, _logger) = (users, post, limits.Value, time, logger);
    }

    private BroadcastRecord? Current => _state.Value.Records.FirstOrDefault(record => record.State == BroadcastState.Running);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Run();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stop.Dispose();

    public async ValueTask<Outcome<Done>> StartAsync(BroadcastOrder order, ImmutableArray<Jid> audience)
    {
        var records = _state.Value.Records;
        if (records.FirstOrDefault(record => record.Order.Id == order.Id) is { } known)
            return known.Order == order ? default(Done) : new Fault(FaultCode.IdConflict, "Another broadcast had this id.") { Member = "id" };
        if (Current is not null) return new Fault(FaultCode.TooMany, "A broadcast is running: wait for its end, or stop it.") { RetryAfter = TimeSpan.FromSeconds(10) };
        (_audience.Value.BroadcastId, _audience.Value.Users) = (order.Id, [.. audience.OrderBy(user => user.Text, StringComparer.Ordinal)]);
        var saved = await _audience.TrySaveAsync();
        if (saved.Fault is not null) return saved;
        if (Current is not null) return new Fault(FaultCode.TooMany, "Another broadcast has just begun.");
        var now = _time.GetUtcNow();
        records.Insert(0, new BroadcastRecord
        {
            Order = order,
            // Messages count in whole milliseconds.
            Begun = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero),
            Audience = order.To == BroadcastTo.Online ? audience.Length : null,
        });
        if (records.Count > BroadcastsState.Kept) records.RemoveRange(BroadcastsState.Kept, records.Count - BroadcastsState.Kept);
        saved = await _state.TrySaveAsync();
        if (saved.Fault is null) Run();
        return saved;
    }

    public ValueTask<ImmutableArray<BroadcastReport>> ListAsync() => new([.. _state.Value.Records.Select(record => record.Report())]);

    public async ValueTask<Outcome<Done>> StopAsync(string id)
    {
        if (Current is not { } record || record.Order.Id != id) return new Fault(FaultCode.NotFound, "No broadcast of this id is running.") { Member = "id" };
        record.End(BroadcastState.Stopped, _time.GetUtcNow());
        return await _state.TrySaveAsync();
    }

    public ValueTask ResumeAsync()
    {
        Run();
        return default;
    }

    private void Run()
    {
        if (Current is { } record && _running.IsCompleted) _running = RunAsync(record.Order.Id);
    }

    /// <summary>Never throws: what goes wrong is tried again.</summary>
    private async Task RunAsync(string id)
    {
        // By its id each time: a write that failed replaces the records.
        while (Current is { } record && record.Order.Id == id && !_stop.IsCancellationRequested)
        {
            DelayDeactivation(Stays);
            var began = _time.GetTimestamp();
            try
            {
                var users = await NextAsync(record);
                if (users.IsEmpty) record.End(BroadcastState.Done, _time.GetUtcNow());
                else await SendAsync(record, users);
                // A stop meanwhile keeps its word, and what was done counts all the same.
                await _state.SaveAsync();
                if (users.IsEmpty) LogDone(id, record.Reached, record.PassedOver, record.Failed);
                else await PauseAsync(TimeSpan.FromSeconds(users.Length / _limits.BroadcastRate) - _time.GetElapsedTime(began));
            }
            catch (Exception exception)
            {
                LogPutOff(exception, id);
                await PauseAsync(StorePause);
            }
        }
    }

    private async ValueTask<ImmutableArray<Jid>> NextAsync(BroadcastRecord record)
    {
        if (record.Order.To == BroadcastTo.All) return await _users.ListAsync(record.Cursor, Page, _stop.Token);
        return [.. _audience.Value.Users.SkipWhile(user => record.Cursor is { } cursor && string.CompareOrdinal(user.Text, cursor.Text) <= 0).Take(Page)];
    }

    private async Task SendAsync(BroadcastRecord record, ImmutableArray<Jid> users)
    {
        var ends = await _post.SendAsync(record.Order, record.Begun, users, _stop.Token);
        record.Reached += ends.Count(end => end == BroadcastEnd.Reached);
        record.PassedOver += ends.Count(end => end == BroadcastEnd.PassedOver);
        record.Failed += ends.Count(end => end == BroadcastEnd.Failed);
        record.Cursor = users[^1];
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        if (pause > TimeSpan.Zero)
            await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [LoggerMessage(LogLevel.Information, "Broadcast {Id} is done: {Reached} users have it, {PassedOver} were passed over, {Failed} could not be reached.")]
    private partial void LogDone(string id, long reached, long passedOver, long failed);

    [LoggerMessage(LogLevel.Warning, "Broadcast {Id} cannot go on now and is tried again.")]
    private partial void LogPutOff(Exception exception, string id);
}
