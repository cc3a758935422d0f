using System.Diagnostics.Metrics;
using Krewe.Core.Errors;
using Krewe.Gateway.Sessions;

namespace Krewe.Gateway.Api;

/// <summary>What the native API refuses and what logins cost, as numbers.</summary>
internal sealed class ApiMetrics
{
    private readonly Counter<long> _faults;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _logins;
    private readonly UpDownCounter<long> _waiting;
    private readonly Histogram<double> _derivation;

    public ApiMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(SessionMetrics.MeterName);
        _faults = meter.CreateCounter<long>("krewe.gateway.faults", "{answer}", "Calls answered with a problem, by code.");
        _repeated = meter.CreateCounter<long>("krewe.gateway.grain_calls.repeated", "{call}", "Calls to users' grains that failed because a part of the cluster was away, and were repeated.");
        _logins = meter.CreateCounter<long>("krewe.gateway.logins", "{login}", "Password logins, by outcome: good, bad, throttled, unavailable.");
        _waiting = meter.CreateUpDownCounter<long>("krewe.gateway.passwords.waiting", "{login}", "Logins and registrations whose password waits for its derivation or is in it.");
        _derivation = meter.CreateHistogram<double>("krewe.gateway.passwords.duration", "s", "How long a derivation took, waiting included.");
        // From the start: the first trouble is then an increase, which alerts see.
        foreach (var code in new[] { FaultCode.Unavailable, FaultCode.RateLimited })
            _faults.Add(0, new KeyValuePair<string, object?>("code", code.Name()));
        foreach (var outcome in new[] { "bad", "throttled", "unavailable" })
            _logins.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        _repeated.Add(0);
    }

    public void Refused(FaultCode code) => _faults.Add(1, new KeyValuePair<string, object?>("code", code.Name()));

    public void Repeated() => _repeated.Add(1);

    public void LoggedIn(string outcome) => _logins.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void PasswordWaits() => _waiting.Add(1);

    public void PasswordDone(TimeSpan took)
    {
        _waiting.Add(-1);
        _derivation.Record(took.TotalSeconds);
    }
}
