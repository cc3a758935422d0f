using Orleans.Runtime.Services;

namespace Krewe.Streams.Transport;

internal sealed class GatewayStreamServiceClient(IServiceProvider services) : GrainServiceClient<IGatewayStreamService>(services)
{
    public IGatewayStreamService On(SiloAddress silo) => GetGrainService(silo);
}
