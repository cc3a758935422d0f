using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Administration;
using Krewe.Core.Gateways;
using Krewe.Core.Limits;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Grains.Delivery;
using Krewe.Grains.Draining;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Grains.Users;

/// <summary>What every user's grain of a silo shares.</summary>
internal sealed class UserServices(
    IMailboxStore store,
    IGatewayPublisher gateways,
    IClusterSecret secret,
    TimeProvider time,
    IOptions<DomainOptions> domain,
    IOptions<LimitOptions> limits,
    IOptions<ScramOptions> scram,
    IOptions<PushPolicyOptions> push,
    ICourier courier,
    LocalUsers local,
    UserMetrics metrics,
    MessageTrail trail,
    ILogger<UserGrain> logger)
{
    public IMailboxStore Store { get; } = store;
    public IGatewayPublisher Gateways { get; } = gateways;
    public IClusterSecret Secret { get; } = secret;
    public TimeProvider Time { get; } = time;
    public string Domain { get; } = domain.Value.Domain;
    public LimitOptions Limits { get; } = limits.Value;
    public SendRules SendRules { get; } = new(domain.Value.Domain, limits.Value);
    public ScramOptions Scram { get; } = scram.Value;
    public PushPolicyOptions Push { get; } = push.Value;
    public LocalUsers Local { get; } = local;
    public ICourier Courier { get; } = courier;
    public UserMetrics Metrics { get; } = metrics;
    public MessageTrail Trail { get; } = trail;
    public ILogger Logger { get; } = logger;
}
