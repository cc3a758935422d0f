using System.Diagnostics;
using System.Globalization;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Embedded;
using Krewe.Storage.Tests.Mailboxes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Krewe.Storage.Tests.Embedded;

/// <summary>A process that appends to one mailbox, many commits in flight, and prints each number when it was acknowledged.</summary>
internal sealed class AppendingChild : IDisposable
{
    private const string Variable = "KREWE_STORAGE_TESTS_CHILD";
    private const int InFlight = 64;

    private readonly Process _process;
    private long _acked;

    private AppendingChild(Process process) => _process = process;

    public static Jid Owner => Letters.Juliet;

    public int ProcessId => _process.Id;

    public static MailboxItem Item(long seq) => Letters.From(Letters.Romeo, Owner, seq, body: new string('x', (int)(seq % 300)));

    /// <summary>An item, and the push that it makes for the owner's one device.</summary>
    private static MailboxCommit Commit(long seq) => Letters.Commit(Owner, Item(seq)) with
    {
        Pushes = [new("phone", new() { Owner = Owner, Device = "phone", Kind = PushKind.Message, Seq = seq, Due = Letters.Night, Since = Letters.Night, Platform = PushPlatform.Fcm })],
    };

    public static AppendingChild Start(string path, int count)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (System.IO.Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(AppendingChild).Assembly.Location);
        }
        start.Environment[Variable] = string.Create(CultureInfo.InvariantCulture, $"{count} {path}");
        return new AppendingChild(Process.Start(start)!);
    }

    /// <summary>Waits until at least this number was acknowledged; gives the last one that was read.</summary>
    public async Task<long> AckedAsync(long seq)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (_acked < seq)
        {
            var line = await _process.StandardOutput.ReadLineAsync(patience.Token)
                ?? throw new InvalidOperationException($"The child ended after {_acked}: {await _process.StandardError.ReadToEndAsync(patience.Token)}");
            _acked = long.Parse(line, CultureInfo.InvariantCulture);
        }
        return _acked;
    }

    /// <summary>SIGKILL; gives the last number that was printed before.</summary>
    public long Kill()
    {
        _process.Kill();
        var lines = _process.StandardOutput.ReadToEnd().Split('\n');
        _process.WaitForExit();
        // What follows the last line feed may be half a number.
        return lines.Length > 1 && lines[^2].Length > 0 ? long.Parse(lines[^2], CultureInfo.InvariantCulture) : _acked;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }

    /// <summary>What the test program does when it is started as the child.</summary>
    /// <returns>False if it was not.</returns>
    public static async Task<bool> RunAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } task)
        {
            return false;
        }
        var space = task.IndexOf(' ', StringComparison.Ordinal);
        await AppendAsync(task[(space + 1)..], int.Parse(task[..space], CultureInfo.InvariantCulture));
        return true;
    }

    private static async Task AppendAsync(string path, int count)
    {
        await using var output = Console.OpenStandardOutput();
        using var metrics = new EmbeddedStorageMetrics(new StoreFolder.Meters());
        await using var store = EmbeddedStore.Open(new EmbeddedStorageOptions { Path = path }, metrics, NullLoggerFactory.Instance, TimeProvider.System);
        var next = (await store.Mailboxes.OpenAsync(Owner)).Last + 1;
        var inFlight = new Queue<(long Seq, Task Task)>();
        for (var last = next + count; next < last;)
        {
            while (inFlight.Count < InFlight)
            {
                inFlight.Enqueue((next, store.Mailboxes.CommitAsync(Commit(next))));
                next++;
            }
            var (seq, task) = inFlight.Dequeue();
            await task;
            await output.WriteAsync(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seq}\n")));
            await output.FlushAsync();
        }
    }
}
