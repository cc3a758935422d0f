using System.Diagnostics.Metrics;

namespace Krewe.Grains.Users;

/// <summary>What the users' grains of a silo do, as meter <c>Krewe.Users</c>.</summary>
internal sealed class UserMetrics
{
    private readonly Counter<long> _appended;

    public UserMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Krewe.Users");
        _appended = meter.CreateCounter<long>("krewe.mailbox.items", "{item}", "Items made durable in mailboxes.");
    }

    public void Appended(int items) => _appended.Add(items);
}
