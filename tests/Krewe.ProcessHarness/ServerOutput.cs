using System.Diagnostics;
using System.Text;

namespace Krewe.ProcessHarness;

/// <summary>Keeps what a server writes and tells when a line comes.</summary>
internal sealed class ServerOutput
{
    private readonly Lock _lock = new();
    private readonly Process _process;
    private readonly StringBuilder _all = new(), _out = new(), _err = new();
    private readonly List<(string Text, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource _outEnded = new(TaskCreationOptions.RunContinuationsAsynchronously), _errEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServerOutput(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data, _out, _outEnded);
        process.ErrorDataReceived += (_, line) => Take(line.Data, _err, _errEnded);
    }

    public string Text { get { lock (_lock) return _all.ToString(); } }

    public string StandardOutput { get { lock (_lock) return _out.ToString(); } }

    public string StandardError { get { lock (_lock) return _err.ToString(); } }

    public void Begin()
    {
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything that was written has been read.</summary>
    public Task EndedAsync() => Task.WhenAll(_outEnded.Task, _errEnded.Task);

    /// <summary>The first line, old or new, that has the text.</summary>
    public async Task<string> LineAsync(string text, TimeSpan timeout)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
                return line;
            _waiting.Add((text, found));
        }
        using var patience = new CancellationTokenSource(timeout);
        var ended = EndedAsync();
        var first = await Task.WhenAny(found.Task, ended, Task.Delay(Timeout.InfiniteTimeSpan, patience.Token));
        if (found.Task.IsCompleted)
            return await found.Task;
        throw first == ended
            ? new InvalidOperationException($"The server ended without a line with '{text}'. It wrote:\n{Text}")
            : new TimeoutException($"No line with '{text}' came within {timeout}. The server wrote:\n{Text}");
    }

    private void Take(string? line, StringBuilder stream, TaskCompletionSource ended)
    {
        if (line is null)
        {
            ended.TrySetResult();
            return;
        }
        lock (_lock)
        {
            _all.Append(line).Append('\n');
            stream.Append(line).Append('\n');
            _lines.Add(line);
            foreach (var (_, found) in _waiting.Where(waiting => line.Contains(waiting.Text, StringComparison.Ordinal)))
                found.TrySetResult(line);
        }
    }
}
