using Krewe.Core.Gateways;
using Krewe.Streams.Tests.Cluster;
using Microsoft.Extensions.Options;

namespace Krewe.Streams.Tests;

public sealed class OptionsTests
{
    private static ValidateOptionsResult Validate(Action<GatewayStreamOptions> change)
    {
        var options = new GatewayStreamOptions();
        change(options);
        return new GatewayStreamOptionsValidator().Validate(null, options);
    }

    [Fact]
    public void The_defaults_are_valid() => Assert.True(Validate(static _ => { }).Succeeded);

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var result = Validate(static o => (o.BatchEvents, o.Heartbeat, o.OutboxBytes) = (0, TimeSpan.FromHours(1), 10));
        Assert.Equal(3, result.Failures!.Count());
        Assert.Contains(nameof(GatewayStreamOptions.Heartbeat), result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_with_a_wrong_option_does_not_start()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(static () => StreamCluster.StartAsync(1, static o => o.InboxEvents = 0));
        Assert.Contains(nameof(GatewayStreamOptions.InboxEvents), failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Publishing_on_a_silo_that_has_not_started_loses_the_event_and_does_not_throw()
    {
        using var services = new SiloServices();
        services.Publisher.Publish(SiloAddress.New(System.Net.IPAddress.Loopback, 1, 1), Events.Item(1));
        services.Publisher.Publish(SiloAddress.New(System.Net.IPAddress.Loopback, 1, 1), Events.Typing(1));
    }
}
