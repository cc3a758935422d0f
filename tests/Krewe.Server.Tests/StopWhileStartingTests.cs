using System.Runtime.InteropServices;
using Krewe.ProcessHarness;
using Krewe.Server.Lifetime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Server.Tests;

/// <summary>A stop is in order whenever the signal comes, also in the middle of a start.</summary>
public sealed class StopWhileStartingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // What the process has loaded tells how far it is: configuration, silo, store.
    [Theory]
    [InlineData(PosixSignal.SIGTERM, "Krewe.Gateway.dll")]
    [InlineData(PosixSignal.SIGTERM, "Orleans.Runtime.dll")]
    [InlineData(PosixSignal.SIGTERM, "librocksdb")]
    [InlineData(PosixSignal.SIGINT, "librocksdb")]
    public async Task A_signal_in_the_middle_of_a_start_ends_in_order_and_the_data_opens_again(PosixSignal signal, string loaded)
    {
        await using var server = KreweProcess.Launch();
        await LoadedAsync(server, loaded);

        server.Signal(signal);

        Assert.True(await server.ExitAsync(Patience) == 0, server.Log);
        var line = Assert.Single(server.Log.TrimEnd().Split('\n'));
        Assert.StartsWith("Krewe ", line, StringComparison.Ordinal);
        await using var again = await KreweProcess.StartAsync(new KreweProcessOptions { DataPath = server.DataPath });
        using var user = await TestUser.SignUpAsync(again, "romeo");
    }

    [Fact]
    public async Task A_start_is_given_time_and_then_stopped_in_order()
    {
        var service = new SlowService();
        using var host = HostWith(service);
        using var signals = new StopSignals(new FakeTimeProvider());
        var started = host.StartUnlessToldToStopAsync(signals);
        await service.Starting.Task.WaitAsync(Patience);

        signals.Request();
        service.Go.SetResult();

        Assert.False(await started.WaitAsync(Patience));
        Assert.Equal(["started", "stopped"], service.Log);
    }

    [Fact]
    public async Task A_start_that_hangs_is_broken_off()
    {
        var service = new SlowService();
        using var host = HostWith(service);
        var time = new FakeTimeProvider();
        using var signals = new StopSignals(time);
        var started = host.StartUnlessToldToStopAsync(signals);
        await service.Starting.Task.WaitAsync(Patience);

        signals.Request();
        Assert.False(started.IsCompleted);
        time.Advance(StopSignals.Patience);

        Assert.False(await started.WaitAsync(Patience));
        Assert.Equal(["broken off", "stopped"], service.Log);
    }

    [Fact]
    public async Task A_start_after_the_signal_is_none()
    {
        var service = new SlowService();
        using var host = HostWith(service);
        using var signals = new StopSignals(new FakeTimeProvider());
        signals.Request();

        Assert.False(await host.StartUnlessToldToStopAsync(signals));
        Assert.Empty(service.Log);
    }

    private static IHost HostWith(SlowService service)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IHostLifetime, SignalledLifetime>().AddSingleton<IHostedService>(service);
        return builder.Build();
    }

    private static async Task LoadedAsync(KreweProcess server, string file)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!(await File.ReadAllTextAsync($"/proc/{server.Id}/maps")).Contains(file, StringComparison.Ordinal))
        {
            Assert.False(server.HasExited, $"The server ended before it loaded {file}:\n{server.Log}");
            Assert.False(patience.IsCancellationRequested, $"The server did not load {file} within {Patience}:\n{server.Log}");
            await Task.Yield();
        }
    }

    private sealed class SlowService : IHostedService
    {
        public TaskCompletionSource Starting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Log { get; } = [];

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            Starting.SetResult();
            try
            {
                await Go.Task.WaitAsync(cancellationToken);
                Log.Add("started");
            }
            catch (OperationCanceledException)
            {
                Log.Add("broken off");
                throw;
            }
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Log.Add("stopped");
            return Task.CompletedTask;
        }
    }
}
