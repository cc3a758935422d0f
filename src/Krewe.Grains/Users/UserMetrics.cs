using System.Diagnostics.Metrics;
using Krewe.Core.Administration;

namespace Krewe.Grains.Users;

/// <summary>What the users' grains of a silo do, as meter <c>Krewe.Users</c>.</summary>
internal sealed class UserMetrics
{
    private readonly Counter<long> _items;
    private readonly Counter<long> _fenced;
    private readonly Counter<long> _sendsThrottled;
    private readonly Counter<long> _accountsCreated;
    private readonly Counter<long> _accountsDeleted;
    private readonly Counter<long> _loginsFailed;
    private readonly Counter<long> _loginsThrottled;

    private readonly SiloActivity _activity;

    public UserMetrics(IMeterFactory meters, SiloActivity activity)
    {
        _activity = activity;
        var meter = meters.Create("Krewe.Users");
        _items = meter.CreateCounter<long>("krewe.mailbox.items", "{item}", "Items made durable in mailboxes.");
        _fenced = meter.CreateCounter<long>("krewe.mailbox.fenced", "{activation}", "Activations that left because another one had written.");
        _sendsThrottled = meter.CreateCounter<long>("krewe.sends.throttled", "{message}", "Messages refused because their sender was faster than a bound.");
        _accountsCreated = meter.CreateCounter<long>("krewe.accounts.created", "{account}", "Accounts made.");
        _accountsDeleted = meter.CreateCounter<long>("krewe.accounts.deleted", "{account}", "Accounts deleted.");
        _loginsFailed = meter.CreateCounter<long>("krewe.logins.failed", "{login}", "Logins with a wrong password or an unknown user.");
        _loginsThrottled = meter.CreateCounter<long>("krewe.logins.throttled", "{login}", "Logins refused after repeated failures of their account.");
    }

    public void Appended(int items)
    {
        _items.Add(items);
        _activity.ItemsAppended(items);
    }

    public void Sent(int messages) => _activity.MessagesSent(messages);
    public void Fenced() => _fenced.Add(1);
    public void SendThrottled() => _sendsThrottled.Add(1);
    public void AccountCreated() => _accountsCreated.Add(1);
    public void AccountDeleted() => _accountsDeleted.Add(1);
    public void LoginFailed() => _loginsFailed.Add(1);
    public void LoginThrottled() => _loginsThrottled.Add(1);
}
