namespace Krewe.TestKit.Push;

/// <summary>Holds a reply back until the test has done what it wants to do meanwhile.</summary>
/// <example><code>
/// var gate = new FakeGate();
/// fcm.Next(token, FcmReplies.Unregistered with { HeldBy = gate });
/// await gate.Reached;      // the request is there
/// gate.Open();             // now it is answered
/// </code></example>
public sealed class FakeGate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A request has come and waits.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Lets the reply out.</summary>
    public void Open() => _open.TrySetResult();

    internal Task PassAsync()
    {
        _reached.TrySetResult();
        return _open.Task;
    }
}
