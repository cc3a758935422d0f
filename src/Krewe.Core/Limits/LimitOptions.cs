using System.ComponentModel.DataAnnotations;

namespace Krewe.Core.Limits;

/// <summary>The bounds on what users may do, <c>Krewe:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Messages a second that a user may send for ever. Default: 100.</summary>
    [Range(0.01, 1_000_000)] public double SendRate { get; set; } = 100;

    /// <summary>Messages that a user may send at once after a pause. Default: 10 000.</summary>
    [Range(1, 10_000_000)] public int SendBurst { get; set; } = 10_000;

    /// <summary>Users a second that a broadcast of the operator reaches, at most. Default: 200.</summary>
    [Range(0.1, 100_000)] public double BroadcastRate { get; set; } = 200;

    /// <summary>Bytes of one user's messages that are on their way to recipients at the same time. Default: 16 777 216.</summary>
    [Range(1 << 20, 1 << 30)] public int BytesUnderWay { get; set; } = 16 << 20;

    /// <summary>Bytes of a request body or one WebSocket message. Default: 65 536.</summary>
    [Range(1024, 16 << 20)] public int MessageBytes { get; set; } = 65_536;

    /// <summary>Bytes of a request body before login, where nobody is known who could be held to account. Default: 10 240.</summary>
    [Range(2048, 1 << 20)] public int LoginBytes { get; set; } = 10_240;

    /// <summary>Levels of nesting in a JSON body. Default: 64.</summary>
    [Range(8, 512)] public int JsonDepth { get; set; } = 64;

    /// <summary>Contacts in one roster. Default: 2 000.</summary>
    [Range(1, 100_000)] public int Contacts { get; set; } = 2_000;

    /// <summary>Blocked addresses of one user. Default: 2 000.</summary>
    [Range(1, 100_000)] public int Blocks { get; set; } = 2_000;

    /// <summary>Muted addresses of one user. Default: 2 000.</summary>
    [Range(1, 100_000)] public int Mutes { get; set; } = 2_000;

    /// <summary>Requests of others for a user's presence that wait for an answer. Default: 500.</summary>
    [Range(1, 100_000)] public int PendingRequests { get; set; } = 500;

    /// <summary>Characters of a contact's name, or of the name of a group. Default: 255.</summary>
    [Range(1, 255)] public int ContactNameLength { get; set; } = 255;

    /// <summary>Groups that one contact may be in. Default: 32.</summary>
    [Range(1, 32)] public int GroupsPerContact { get; set; } = 32;

    /// <summary>Characters of the status text of a presence. Default: 1 024.</summary>
    [Range(1, 1_024)] public int StatusLength { get; set; } = 1_024;

    /// <summary>Typing notices a second and user, twice as many at once; what is beyond is dropped. Default: 5.</summary>
    [Range(0.01, 10_000)] public double TypingRate { get; set; } = 5;

    /// <summary>Live sessions of one user in the whole cluster. Default: 256.</summary>
    [Range(1, 100_000)] public int SessionsPerUser { get; set; } = 256;

    /// <summary>Devices of one user. Default: 64.</summary>
    [Range(1, 10_000)] public int Devices { get; set; } = 64;

    /// <summary>Open streams and sockets of one user on one gateway. Default: 32.</summary>
    [Range(1, 100_000)] public int ConnectionsPerUser { get; set; } = 32;

    /// <summary>Clients' connections of one server, whatever they do; one more gets 503 `unavailable`. Each needs a file descriptor and about 15 KB. Default: 100 000.</summary>
    [Range(16, 10_000_000)] public int Connections { get; set; } = 100_000;

    /// <summary>Streams, sockets and first polls that one gateway opens at the same time; more wait for their turn. Default: 64.</summary>
    [Range(1, 10_000)] public int HandshakesAtOnce { get; set; } = 64;

    /// <summary>How many may wait for their turn; one more gets 503 `unavailable` with a `Retry-After` spread at random. Default: 5 000.</summary>
    [Range(0, 1_000_000)] public int HandshakesWaiting { get; set; } = 5_000;

    /// <summary>How long each waits at most, before it gets the same answer. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")] public TimeSpan HandshakeWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Passwords that wait to be checked, or made into verifiers, on one gateway; one more gets 503 `unavailable`. At a few milliseconds each, half of the processors work on them. Default: 512.</summary>
    [Range(1, 100_000)] public int PasswordsWaiting { get; set; } = 512;

    /// <summary>Long polls that one device may hold at once. Default: 2.</summary>
    [Range(1, 16)] public int LongPollsPerDevice { get; set; } = 2;

    /// <summary>Bytes that wait for one slow client before it is cut off. Default: 1 048 576.</summary>
    [Range(65_536, 256 << 20)] public int SendQueueBytes { get; set; } = 1 << 20;

    /// <summary>Bytes that wait for all clients of one gateway together; beyond, those are cut off whose write has waited longest, until a quarter is free. Default: 268 435 456.</summary>
    [Range(1 << 20, 64L << 30)] public long SendQueuesBytes { get; set; } = 256 << 20;

    /// <summary>Failed logins of one account before further ones are refused for a while. Default: 10.</summary>
    [Range(1, 10_000)] public int LoginFailuresPerAccount { get; set; } = 10;

    /// <summary>Failed logins from one network address before further ones are refused for a while. Default: 100.</summary>
    [Range(1, 1_000_000)] public int LoginFailuresPerAddress { get; set; } = 100;

    /// <summary>How long it takes until one failed login is forgiven. Default: 30 s for an account; an address is forgiven ten times as fast.</summary>
    public TimeSpan LoginFailureForgiveness { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Accounts that one network address may make in an hour. Default: 10 000.</summary>
    [Range(1, 10_000_000)] public int RegistrationsPerAddress { get; set; } = 10_000;
}
