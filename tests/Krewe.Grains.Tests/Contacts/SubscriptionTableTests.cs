using Krewe.Core.Contacts;
using Krewe.Grains.Contacts;
using static Krewe.Core.Contacts.SubscriptionStanza;
using static Krewe.Grains.Contacts.SubscriptionState;

namespace Krewe.Grains.Tests.Contacts;

/// <summary>RFC 6121, appendix A, line by line: state, does it pass, new state.</summary>
public sealed class SubscriptionTableTests
{
    private static readonly Dictionary<SubscriptionStanza, string> OutboundPages = new()
    {
        [Subscribe] = """
            None              MUST      NonePendingOut
            NonePendingOut    MUST      -
            NonePendingIn     MUST      NonePendingOutIn
            NonePendingOutIn  MUST      -
            To                MUST      -
            ToPendingIn       MUST      -
            From              MUST      FromPendingOut
            FromPendingOut    MUST      -
            Both              MUST      -
            """,
        [Unsubscribe] = """
            None              MUST      -
            NonePendingOut    MUST      None
            NonePendingIn     MUST      -
            NonePendingOutIn  MUST      NonePendingIn
            To                MUST      None
            ToPendingIn       MUST      NonePendingIn
            From              MUST      -
            FromPendingOut    MUST      From
            Both              MUST      From
            """,
        [Subscribed] = """
            None              MUST-NOT  -
            NonePendingOut    MUST-NOT  -
            NonePendingIn     MUST      From
            NonePendingOutIn  MUST      FromPendingOut
            To                MUST-NOT  -
            ToPendingIn       MUST      Both
            From              MUST-NOT  -
            FromPendingOut    MUST-NOT  -
            Both              MUST-NOT  -
            """,
        [Unsubscribed] = """
            None              MUST-NOT  -
            NonePendingOut    MUST-NOT  -
            NonePendingIn     MUST      None
            NonePendingOutIn  MUST      NonePendingOut
            To                MUST-NOT  -
            ToPendingIn       MUST      To
            From              MUST      None
            FromPendingOut    MUST      NonePendingOut
            Both              MUST      To
            """,
    };

    private static readonly Dictionary<SubscriptionStanza, string> InboundPages = new()
    {
        [Subscribe] = """
            None              MUST      NonePendingIn
            NonePendingOut    MUST      NonePendingOutIn
            NonePendingIn     MUST-NOT  -
            NonePendingOutIn  MUST-NOT  -
            To                MUST      ToPendingIn
            ToPendingIn       MUST-NOT  -
            From              MUST-NOT  -  Subscribed
            FromPendingOut    MUST-NOT  -  Subscribed
            Both              MUST-NOT  -  Subscribed
            """,
        [Unsubscribe] = """
            None              MUST-NOT  -
            NonePendingOut    MUST-NOT  -
            NonePendingIn     MUST      None
            NonePendingOutIn  MUST      NonePendingOut
            To                MUST-NOT  -
            ToPendingIn       MUST      To
            From              MUST      None
            FromPendingOut    MUST      NonePendingOut
            Both              MUST      To
            """,
        [Subscribed] = """
            None              MUST-NOT  -
            NonePendingOut    MUST      To
            NonePendingIn     MUST-NOT  -
            NonePendingOutIn  MUST      ToPendingIn
            To                MUST-NOT  -
            ToPendingIn       MUST-NOT  -
            From              MUST-NOT  -
            FromPendingOut    MUST      Both
            Both              MUST-NOT  -
            """,
        [Unsubscribed] = """
            None              MUST-NOT  -
            NonePendingOut    MUST      None
            NonePendingIn     MUST-NOT  -
            NonePendingOutIn  MUST      NonePendingIn
            To                MUST      None
            ToPendingIn       MUST      NonePendingIn
            From              MUST-NOT  -
            FromPendingOut    MUST      From
            Both              MUST      From
            """,
    };

    public static TheoryData<SubscriptionStanza> Stanzas => [Subscribe, Subscribed, Unsubscribe, Unsubscribed];

    [Theory, MemberData(nameof(Stanzas))]
    public void Every_outbound_stanza_does_in_every_state_what_appendix_A_2_says(SubscriptionStanza stanza) =>
        Assert.Equal(Read(OutboundPages[stanza]), All(state => SubscriptionTable.Outbound(state, stanza)));

    [Theory, MemberData(nameof(Stanzas))]
    public void Every_inbound_stanza_does_in_every_state_what_appendix_A_3_says(SubscriptionStanza stanza) =>
        Assert.Equal(Read(InboundPages[stanza]), All(state => SubscriptionTable.Inbound(state, stanza)));

    [Fact]
    public void Two_rosters_that_only_talk_to_each_other_always_agree()
    {
        // Every pair of states that two users can reach by any sequence of stanzas, each delivered before the next one.
        var seen = new HashSet<(SubscriptionState A, SubscriptionState B)> { (None, None) };
        var open = new Queue<(SubscriptionState A, SubscriptionState B)>(seen);
        while (open.TryDequeue(out var pair))
        {
            foreach (var stanza in Enum.GetValues<SubscriptionStanza>())
            {
                foreach (var next in new[] { Exchange(pair.A, pair.B, stanza), Swap(Exchange(pair.B, pair.A, stanza)) })
                    if (seen.Add(next)) open.Enqueue(next);
            }
        }
        Assert.All(seen, pair =>
        {
            Assert.Equal(pair.A.SeesContact(), pair.B.SeenByContact());
            Assert.Equal(pair.B.SeesContact(), pair.A.SeenByContact());
            Assert.Equal(pair.A.IsPendingOut(), pair.B.IsPendingIn());
            Assert.Equal(pair.B.IsPendingOut(), pair.A.IsPendingIn());
        });
        Assert.Equal(9, seen.Count);
    }

    private static (SubscriptionState Sender, SubscriptionState Receiver) Exchange(SubscriptionState sender, SubscriptionState receiver, SubscriptionStanza stanza)
    {
        var sent = SubscriptionTable.Outbound(sender, stanza);
        if (!sent.Passes) return (sent.Next, receiver);
        var received = SubscriptionTable.Inbound(receiver, stanza);
        var back = received.Reply is { } reply ? SubscriptionTable.Inbound(sent.Next, reply).Next : sent.Next;
        return (back, received.Next);
    }

    private static (SubscriptionState, SubscriptionState) Swap((SubscriptionState A, SubscriptionState B) pair) => (pair.B, pair.A);

    private static IEnumerable<(SubscriptionState, SubscriptionStep)> All(Func<SubscriptionState, SubscriptionStep> step) =>
        Enum.GetValues<SubscriptionState>().Select(state => (state, step(state)));

    private static IEnumerable<(SubscriptionState, SubscriptionStep)> Read(string page) => page.Split('\n').Select(line =>
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var state = Enum.Parse<SubscriptionState>(words[0]);
        var next = words[2] == "-" ? state : Enum.Parse<SubscriptionState>(words[2]);
        return (state, new SubscriptionStep(next, words[1] == "MUST", words.Length > 3 ? Enum.Parse<SubscriptionStanza>(words[3]) : null));
    }).OrderBy(line => line.state);
}
