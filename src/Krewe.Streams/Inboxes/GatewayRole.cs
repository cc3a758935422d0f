using Krewe.Core.Gateways;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Streams.Inboxes;

internal static class GatewayRole
{
    /// <summary>Whether this silo has a gateway. Asked without making it, for its own dependencies lead back to the silo.</summary>
    public static bool HasGateway(this IServiceProvider services) =>
        services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IGatewayInbox));
}
