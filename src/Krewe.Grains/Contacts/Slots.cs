namespace Krewe.Grains.Contacts;

/// <summary>So many at a time, first come first served; for one logical thread.</summary>
internal sealed class Slots(int count)
{
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _free = count;

    public Task TakeAsync()
    {
        if (_free > 0)
        {
            _free--;
            return Task.CompletedTask;
        }
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        return turn.Task;
    }

    public void Give()
    {
        if (_waiting.TryDequeue(out var turn)) turn.SetResult();
        else _free++;
    }
}
