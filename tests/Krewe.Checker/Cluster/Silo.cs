using System.Runtime.InteropServices;
using Krewe.ProcessHarness;

namespace Krewe.Checker.Cluster;

/// <summary>A real server process and its supervisor, who starts it again on the same ports whenever it ends, as systemd would.</summary>
internal sealed class Silo : IAsyncDisposable
{
    private static readonly TimeSpan RestartPatience = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(200);

    private readonly string _folder;
    private readonly Action<string> _say;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private KreweProcess _process;
    private TaskCompletionSource _up = Signal();
    private Task _supervisor = Task.CompletedTask;
    private bool _ending;
    private bool _expected;
    private int _lives = 1;

    private Silo(SiloPlace place, KreweProcess process, string folder, Action<string> say)
    {
        (Place, _process, _folder, _say) = (place, process, folder, say);
        Address = process.Http;
        _up.SetResult();
    }

    public SiloPlace Place { get; }

    public string Name => Place.Name;

    public Uri Address { get; }

    /// <summary>When the present process began to serve, on the clock of the machine's run.</summary>
    public long Since { get; private set; } = Environment.TickCount64;

    /// <summary>How often it ended without having been told to.</summary>
    public int UnexpectedEnds { get; private set; }

    public static async Task<Silo> StartAsync(SiloPlace place, KreweProcessOptions options, string folder, Action<string> say)
    {
        var silo = new Silo(place, await KreweProcess.StartAsync(options), folder, say);
        silo._supervisor = silo.SuperviseAsync();
        return silo;
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync()
    {
        Expect();
        return _process.KillAsync();
    }

    /// <summary>SIGTERM; it ends when it is done with what it has to do.</summary>
    public void Terminate()
    {
        Expect();
        _process.Signal(PosixSignal.SIGTERM);
    }

    public void Freeze() => _process.Freeze();

    /// <summary>A silo that was declared dead meanwhile ends by itself, and is started again.</summary>
    public void Thaw() => _process.Thaw();

    /// <summary>It serves, again if it had ended.</summary>
    public async Task UpAsync(TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        while (!timeout.IsCancellationRequested)
        {
            await Volatile.Read(ref _up).Task.WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await IsReadyAsync()) return;
            await Clients.Pause.ForAsync(Pause, timeout.Token);
        }
        throw new TimeoutException($"{Name} did not serve again within {patience}.");
    }

    public async ValueTask DisposeAsync()
    {
        _ending = true;
        if (!_process.HasExited) await _process.KillAsync();
        await _supervisor;
        await _process.DisposeAsync();
        _http.Dispose();
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Expect()
    {
        _expected = true;
        Volatile.Write(ref _up, Signal());
    }

    private async Task SuperviseAsync()
    {
        while (true)
        {
            var code = await _process.ExitAsync(TimeSpan.FromDays(7));
            await File.WriteAllTextAsync(Path.Combine(_folder, $"{Name}-{_lives++}.log"), _process.Log);
            if (_ending) return;
            if (_up.Task.IsCompleted) Volatile.Write(ref _up, Signal());
            if (!_expected)
            {
                UnexpectedEnds++;
                _say($"{Name} ended by itself with exit code {code}");
            }
            _expected = false;
            if (!await RestartAsync()) return;
            _up.TrySetResult();
        }
    }

    private async Task<bool> RestartAsync()
    {
        using var patience = new CancellationTokenSource(RestartPatience);
        while (!_ending)
        {
            try
            {
                _process = await _process.RestartAsync();
                Since = Environment.TickCount64;
                return true;
            }
            catch (Exception error) when (error is InvalidOperationException or TimeoutException)
            {
                // The database may be away, too.
                _say($"{Name} did not start: {error.Message.Split('\n')[^1]}");
                await File.WriteAllTextAsync(Path.Combine(_folder, $"{Name}-{_lives++}.log"), error.Message);
                if (patience.IsCancellationRequested) return false;
                await Clients.Pause.ForAsync(Pause, patience.Token);
            }
        }
        return false;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(_process.Admin, "/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (Clients.Trouble.IsExpected(error))
        {
            return false;
        }
    }
}
