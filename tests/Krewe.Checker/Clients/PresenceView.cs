using System.Collections.Concurrent;
using Krewe.Checker.Histories;

namespace Krewe.Checker.Clients;

/// <summary>How a socket shows its contacts: who was not told of is offline.</summary>
internal sealed class PresenceView(string watcher, History history)
{
    private ConcurrentDictionary<string, string> _shows = new();

    /// <summary>A new connection, which tells everything anew.</summary>
    public void Begin() => _shows = new();

    public void Tell(string about, string show) => _shows[about] = show;

    public string Of(string about) => _shows.GetValueOrDefault(about, "offline");

    /// <summary>Writes down what is shown now.</summary>
    public void Note(string about) => history.Add(new PresenceSeen(watcher, about, Of(about), "socket"));
}
