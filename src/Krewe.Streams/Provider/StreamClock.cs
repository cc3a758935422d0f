using Krewe.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Streams.Provider;

internal static class StreamClock
{
    /// <summary>The clock of heartbeats and retries. As with Orleans' own background work, a test that sets the clock of the rest can leave this one alone
    /// by registering another under the provider's name.</summary>
    public static TimeProvider StreamTime(this IServiceProvider services) =>
        services.GetKeyedService<TimeProvider>(KreweDefaults.GatewayStreams) ?? services.GetService<TimeProvider>() ?? TimeProvider.System;
}
