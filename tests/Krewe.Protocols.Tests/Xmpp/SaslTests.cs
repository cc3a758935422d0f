using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Protocols.Xmpp.Sasl;

namespace Krewe.Protocols.Tests.Xmpp;

public sealed class SaslTests
{
    private static readonly ChannelBindings Bound = new([(ChannelBindings.ServerEndPoint, "certificate"u8.ToArray())]);

    private readonly Accounts _accounts = new();

    // RFC 5802, section 5, and RFC 7677, section 3.
    [Theory]
    [InlineData(
        "SCRAM-SHA-1", "QSXCR+Q6sek8bf92", "3rfcNHYJY1ZVvWVs7j", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")]
    [InlineData(
        "SCRAM-SHA-256", "W22ZaJ0SNY7soEsUEjb6gQ==", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")]
    public async Task The_examples_of_the_specifications_log_in(string name, string salt, string nonce, string first, string challenge, string final, string success)
    {
        _accounts.Salt = Convert.FromBase64String(salt);
        var scram = Scram(name, nonce: nonce);
        Assert.Equal(challenge, Text(await Say(scram, first)));
        var done = await Say(scram, final);
        Assert.Equal(success, Text(done));
        Assert.Equal("user@localhost", done.Identity?.Address.Text);
        Assert.Equal([("user@localhost", true)], _accounts.Ended);
    }

    [Theory]
    [InlineData("nobody", "pencil")]
    [InlineData("user", "pen")]
    public async Task An_unknown_user_and_a_wrong_password_look_alike(string username, string password)
    {
        var step = await Login("SCRAM-SHA-256", username, password);
        Assert.Equal(SaslFailure.NotAuthorized, step.Failure);
        Assert.Equal([($"{username}@localhost", false)], _accounts.Ended);
        _accounts.Ended.Clear();
        var plain = await Say(new PlainMechanism(_accounts), $"\0{username}\0{password}");
        Assert.Equal((step.Failure, step.Text), (plain.Failure, plain.Text));
        Assert.Equal([($"{username}@localhost", false)], _accounts.Ended);
    }

    [Fact]
    public async Task A_name_has_commas_and_equals_signs() =>
        Assert.Equal("a,b=c@localhost", (await Login("SCRAM-SHA-1", "a=2Cb=3Dc", "pencil")).Identity?.Address.Text);

    [Fact]
    public async Task A_login_is_bound_to_its_stream()
    {
        Assert.NotNull((await Login("SCRAM-SHA-256-PLUS", "user", "pencil", Bound, "p=tls-server-end-point", "certificate")).Identity);
        Assert.Equal(SaslFailure.MalformedRequest, (await Login("SCRAM-SHA-256-PLUS", "user", "pencil", Bound, "p=tls-server-end-point", "another")).Failure);
        Assert.Equal(SaslFailure.MalformedRequest, (await Login("SCRAM-SHA-256-PLUS", "user", "pencil", Bound, "p=tls-unique", "certificate")).Failure);
    }

    [Fact]
    public async Task Nobody_takes_the_offer_of_channel_binding_away()
    {
        Assert.Equal(SaslFailure.NotAuthorized, (await Login("SCRAM-SHA-256", "user", "pencil", Bound, "y")).Failure);
        Assert.NotNull((await Login("SCRAM-SHA-256", "user", "pencil", ChannelBindings.None, "y")).Identity);
        Assert.NotNull((await Login("SCRAM-SHA-256", "user", "pencil", Bound, "n")).Identity);
        Assert.Equal(SaslFailure.NotAuthorized, (await Login("SCRAM-SHA-256-PLUS", "user", "pencil", Bound, "n")).Failure);
        Assert.Equal(SaslFailure.NotAuthorized, (await Login("SCRAM-SHA-256", "user", "pencil", Bound, "p=tls-server-end-point", "certificate")).Failure);
    }

    [Fact]
    public async Task Nobody_acts_for_another()
    {
        Assert.Equal(SaslFailure.InvalidAuthzid, (await Say(new PlainMechanism(_accounts), "other\0user\0pencil")).Failure);
        Assert.NotNull((await Say(new PlainMechanism(_accounts), "user@localhost\0user\0pencil")).Identity);
        Assert.Equal(SaslFailure.InvalidAuthzid, (await Say(Scram("SCRAM-SHA-256"), "n,a=other,n=user,r=abc")).Failure);
        Assert.Equal(SaslFailure.InvalidAuthzid, (await Say(new OAuthBearerMechanism(_accounts), "n,a=other@localhost,\u0001auth=Bearer good\u0001\u0001")).Failure);
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData("n,,")]
    [InlineData("n,,n=user")]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,n=a=2x,r=abc")]
    [InlineData("n,,n=user,r=")]
    [InlineData("n,,n=user,r=a b")]
    [InlineData("n,,m=x,n=user,r=abc")]
    [InlineData("x,,n=user,r=abc")]
    [InlineData("p=,,n=user,r=abc")]
    [InlineData("n,user,n=user,r=abc")]
    public async Task A_broken_first_message_is_refused(string first) =>
        Assert.Equal(SaslFailure.MalformedRequest, (await Say(Scram("SCRAM-SHA-256"), first)).Failure);

    [Theory]
    [InlineData("")]
    [InlineData("c=biws,r=abcnonce")]
    [InlineData("c=biws,r=abcother,p=AAAA")]
    [InlineData("c=eSws,r=abcnonce,p=AAAA")]
    [InlineData("c=biws,r=abcnonce,p=!")]
    public async Task A_broken_last_message_is_a_failed_login(string final)
    {
        var scram = Scram("SCRAM-SHA-256", nonce: "nonce");
        await Say(scram, "n,,n=user,r=abc");
        Assert.Equal(SaslFailure.MalformedRequest, (await Say(scram, final)).Failure);
        Assert.Equal([("user@localhost", false)], _accounts.Ended);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        Assert.Equal(SaslFailure.MalformedRequest, (await Scram("SCRAM-SHA-1").RespondAsync(new byte[] { 0xff, 0xfe }, default)).Failure);
        Assert.Equal(SaslFailure.MalformedRequest, (await new PlainMechanism(_accounts).RespondAsync(new byte[] { 0, 0xc0, 0xaf, 0, 1 }, default)).Failure);
        foreach (var broken in new[] { "", "user", "\0user", "\0user\0", "\0\0pencil", "\0user\0pencil\0" })
            Assert.Equal(SaslFailure.MalformedRequest, (await Say(new PlainMechanism(_accounts), broken)).Failure);
    }

    [Fact]
    public async Task A_client_that_goes_in_the_middle_counts_as_failed()
    {
        var scram = Scram("SCRAM-SHA-256");
        await Say(scram, "n,,n=user,r=abc");
        await scram.AbandonAsync();
        await scram.AbandonAsync();
        Assert.Equal([("user@localhost", false)], _accounts.Ended);
    }

    [Fact]
    public async Task Too_many_failures_are_told_as_such()
    {
        _accounts.Throttled = true;
        Assert.Equal(SaslFailure.TemporaryAuthFailure, (await Say(Scram("SCRAM-SHA-256"), "n,,n=user,r=abc")).Failure);
        Assert.Equal(SaslFailure.TemporaryAuthFailure, (await Say(new PlainMechanism(_accounts), "\0user\0pencil")).Failure);
    }

    [Fact]
    public async Task A_token_logs_in()
    {
        var good = await Say(new OAuthBearerMechanism(_accounts), "n,a=user@localhost,\u0001host=localhost\u0001port=5222\u0001auth=Bearer good\u0001\u0001");
        Assert.Equal("user@localhost", good.Identity?.Address.Text);
        var bad = new OAuthBearerMechanism(_accounts);
        Assert.Equal("{\"status\":\"invalid_token\"}", Text(await Say(bad, "n,,\u0001auth=Bearer bad\u0001\u0001")));
        Assert.Equal(SaslFailure.NotAuthorized, (await Say(bad, "\u0001")).Failure);
        foreach (var broken in new[] { "", "n,,", "n,,\u0001\u0001", "n,,\u0001auth=Basic x\u0001\u0001", "p=x,,\u0001auth=Bearer good\u0001\u0001", "n,,\u0001auth=Bearer good" })
            Assert.Equal(SaslFailure.MalformedRequest, (await Say(new OAuthBearerMechanism(_accounts), broken)).Failure);
    }

    private ScramMechanism Scram(string name, ChannelBindings? bindings = null, string? nonce = null) =>
        new(ScramKind.All.Single(kind => kind.Name == name), _accounts, bindings ?? ChannelBindings.None, nonce);

    /// <summary>A client by the letter of RFC 5802, section 3.</summary>
    private async Task<SaslStep> Login(string name, string username, string password, ChannelBindings? bindings = null, string flag = "n", string binding = "")
    {
        var kind = ScramKind.All.Single(kind => kind.Name == name);
        var mechanism = Scram(name, bindings);
        var bare = $"n={username},r=clientnonce";
        var challenge = await Say(mechanism, $"{flag},,{bare}");
        if (challenge.Failure is not null) return challenge;
        var parts = Text(challenge).Split(',');
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), Convert.FromBase64String(parts[1][2..]), int.Parse(parts[2][2..], System.Globalization.CultureInfo.InvariantCulture),
            kind.Hash, kind.Hash == HashAlgorithmName.SHA1 ? 20 : 32);
        var clientKey = CryptographicOperations.HmacData(kind.Hash, salted, "Client Key"u8.ToArray());
        var withoutProof = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes($"{flag},,{binding}"))},{parts[0]}";
        var signature = CryptographicOperations.HmacData(
            kind.Hash, CryptographicOperations.HashData(kind.Hash, clientKey), Encoding.UTF8.GetBytes($"{bare},{Text(challenge)},{withoutProof}"));
        var proof = Convert.ToBase64String([.. clientKey.Zip(signature, (a, b) => (byte)(a ^ b))]);
        return await Say(mechanism, $"{withoutProof},p={proof}");
    }

    private static async Task<SaslStep> Say(SaslMechanism mechanism, string message) => await mechanism.RespondAsync(Encoding.UTF8.GetBytes(message), default);

    private static string Text(SaslStep step) => Encoding.UTF8.GetString(step.Data.Span);

    private sealed class Accounts : ISaslAccounts
    {
        public byte[] Salt { get; set; } = new byte[16];

        public bool Throttled { get; set; }

        public List<(string Address, bool Good)> Ended { get; } = [];

        public Jid? AddressOf(string username) => Jid.TryParseUser(username, "localhost", out var address, out _) ? address : (Jid?)null;

        public ValueTask<Outcome<LoginChallenge>> BeginAsync(Jid address, CancellationToken cancellationToken)
        {
            if (Throttled) return new(new Fault(FaultCode.RateLimited, "Wait."));
            if (address.Text == "nobody@localhost") return new(new LoginChallenge(Core.Accounts.Scram.Pretend([1], address.Text, 4096), false));
            return new(new LoginChallenge(
                new Credentials(Core.Accounts.Scram.Derive("pencil", Salt, 4096, HashAlgorithmName.SHA256), Core.Accounts.Scram.Derive("pencil", Salt, 4096, HashAlgorithmName.SHA1)), true));
        }

        public ValueTask<Outcome<bool>> VerifyAsync(string password, ScramVerifier verifier, CancellationToken cancellationToken) =>
            new(Core.Accounts.Scram.Verify(password, verifier));

        public ValueTask EndAsync(Jid address, bool good)
        {
            Ended.Add((address.Text, good));
            return default;
        }

        public ValueTask<Outcome<SaslIdentity>> CheckTokenAsync(string token, CancellationToken cancellationToken) => token == "good"
            ? new(new SaslIdentity(Jid.FromCanonical("user@localhost")))
            : new(new Fault(FaultCode.Unauthorized, "Not good."));
    }
}
