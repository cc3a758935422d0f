namespace Krewe.Gateway.Sessions;

/// <summary>This gateway's place in the cluster: the silo whose stream reaches its sessions.</summary>
internal sealed record LocalGateway(SiloAddress Address);
