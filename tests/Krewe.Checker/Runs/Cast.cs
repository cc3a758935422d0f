using Krewe.Checker.Clients;
using Krewe.Checker.Histories;
using Krewe.Client;

namespace Krewe.Checker.Runs;

/// <summary>All clients of a run: each user with two devices that listen, one that sends, and an auditor's that reads everything at the end.</summary>
internal sealed class Cast : IAsyncDisposable
{
    private static readonly string[] Names = ["romeo", "juliet", "mercutio", "benvolio", "tybalt", "rosaline", "paris", "nurse", "laurence", "escalus", "abram", "balthasar"];

    private static readonly IReadOnlyList<TransportKind> Sockets = [TransportKind.WebSocket], AllTransports = Enum.GetValues<TransportKind>();

    // Whoever polls counts as there for a minute longer: this user goes, and is to be seen as gone.
    private static readonly IReadOnlyList<TransportKind> Open = [TransportKind.WebSocket, TransportKind.ServerSentEvents, TransportKind.Ndjson, TransportKind.ForeverFrame];

    private readonly List<Sender> _senders = [];
    private readonly Historian _historian;

    private Cast(IReadOnlyList<Person> people, IReadOnlyDictionary<string, Token> auditors, Gateways gateways, History history, RunOptions options)
    {
        (People, Auditors, Gateways) = (people, auditors, gateways);
        var seed = options.Seed * 1_000;
        foreach (var person in people)
        {
            var phone = new Listener(person, person.Phone, person == Leaver ? Open : AllTransports, gateways, history, new Dice(++seed));
            var desk = new Listener(person, person.Desk, Sockets, gateways, history, new Dice(++seed));
            Phones.Add(phone);
            Desks.Add(desk);
            var peers = people.Where(other => other != person).Select(other => other.Address).ToList();
            _senders.Add(new Sender(person, peers, desk, gateways, history, new Dice(++seed), options.Pace));
        }
        _historian = new Historian([.. people.Skip(1)], gateways, history, new Dice(++seed));
    }

    public IReadOnlyList<Person> People { get; }

    /// <summary>Goes before the end.</summary>
    public Person Leaver => People[0];

    public IReadOnlyDictionary<string, Token> Auditors { get; }

    public Gateways Gateways { get; }

    public List<Listener> Phones { get; } = [];

    public List<Listener> Desks { get; } = [];

    public IEnumerable<Listener> Listeners => Phones.Concat(Desks);

    /// <summary>Makes the accounts; everybody and their neighbours see each other's presence.</summary>
    public static async Task<Cast> AssembleAsync(Gateways gateways, History history, RunOptions options)
    {
        var auditors = new Dictionary<string, Token>();
        var people = await Task.WhenAll(Names.Take(options.Users).Select(async (name, index) =>
        {
            using var client = gateways.Patient(gateways.All[index % gateways.All.Count]);
            await client.SignUpAsync(name, Person.Password);
            var auditor = await client.SignInAsync(name, Person.Password, "auditor");
            lock (auditors) auditors.Add($"{name}@localhost", auditor);
            return new Person(name)
            {
                Phone = await client.SignInAsync(name, Person.Password, "phone"),
                Desk = await client.SignInAsync(name, Person.Password, "desk"),
            };
        }));
        foreach (var (one, other) in Neighbours(people))
        {
            await BefriendAsync(gateways, one, other);
            await BefriendAsync(gateways, other, one);
        }
        return new Cast(people, auditors, gateways, history, options);
    }

    public static IEnumerable<(Person One, Person Other)> Neighbours(IReadOnlyList<Person> people) =>
        people.Select((person, index) => (person, people[(index + 1) % people.Count]));

    public void Start()
    {
        foreach (var listener in Listeners) listener.Start();
        foreach (var sender in _senders) sender.Start();
        _historian.Start();
    }

    /// <summary>Nobody begins anything new; what is under way gets its answer.</summary>
    public async Task FinishSendingAsync(TimeSpan patience)
    {
        await Task.WhenAll(_senders.Select(sender => sender.FinishAsync(patience)));
        await _historian.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in _senders) await sender.DisposeAsync();
        await Task.WhenAll(Listeners.Select(listener => listener.DisposeAsync().AsTask()));
    }

    private static async Task BefriendAsync(Gateways gateways, Person watcher, Person watched)
    {
        using var asking = gateways.Patient(gateways.All[0], watcher.Desk);
        using var answering = gateways.Patient(gateways.All[^1], watched.Desk);
        await asking.AddContactAsync(watched.Address);
        await answering.ApproveContactAsync(watcher.Address);
    }
}
