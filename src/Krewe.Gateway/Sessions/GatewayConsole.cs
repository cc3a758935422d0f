using System.Globalization;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;

namespace Krewe.Gateway.Sessions;

/// <summary>The sessions of this gateway for the operator.</summary>
internal sealed class GatewayConsole(SessionRegistry registry) : IGatewayConsole
{
    public int Sessions => registry.Count;

    public SessionsPage List(string? after, Jid? user, int limit)
    {
        var fitting = (user is { } one ? registry.Of(one) : registry.Sessions()).ToList();
        var page = fitting.Where(session => after is null || string.CompareOrdinal(session.Id, after) > 0)
            .OrderBy(session => session.Id, StringComparer.Ordinal).Take(limit);
        return new SessionsPage([.. page.Select(Describe)], fitting.Count);
    }

    public IReadOnlyCollection<Jid> Users() => [.. registry.Users().Select(Jid.FromCanonical)];

    private static SessionReport Describe(Session session) => new()
    {
        SessionId = session.Id,
        User = session.Owner,
        Device = session.Device,
        Transport = session.Transport,
        Since = Began(session.Id),
        Cursor = session.Written,
        Queued = session.Waiting.Bytes,
        Core = session.Core,
    };

    /// <summary>An id begins with the time that it was made at, in milliseconds (RFC 9562, section 5.7): a session need not keep it apart.</summary>
    private static DateTimeOffset Began(string id) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(id.AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
