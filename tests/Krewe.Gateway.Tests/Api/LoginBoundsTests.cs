using System.Net;
using System.Net.Sockets;
using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using static Microsoft.Extensions.Options.Options;

namespace Krewe.Gateway.Tests.Api;

/// <summary>What keeps guessing, flooding and old tokens out.</summary>
public sealed class LoginBoundsTests
{
    private sealed class Secret(byte fill) : IClusterSecret
    {
        public ReadOnlyMemory<byte> Key { get; } = Enumerable.Repeat(fill, 32).ToArray();
    }

    private static TokenService Tokens(TimeProvider time, byte secret = 1, string domain = "localhost") =>
        new(new Lazy<IClusterSecret>(new Secret(secret)), Create(new DomainOptions { Domain = domain }), Create(new AccountOptions { TokenLifetime = TimeSpan.FromHours(1) }), time);

    private static readonly Jid Romeo = Jid.FromCanonical("romeo@localhost");

    [Fact]
    public async Task A_token_holds_until_its_end_with_the_same_secret_and_domain()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var (token, info) = Tokens(time).Issue(Romeo, "phone");
        var caller = await Tokens(time).ValidateAsync(token);
        Assert.Equal(new Caller(Romeo, info), caller);
        Assert.Null(await Tokens(time, secret: 2).ValidateAsync(token));
        Assert.Null(await Tokens(time, domain: "example.org").ValidateAsync(token));
        Assert.Null(await Tokens(time).ValidateAsync(token[..^2] + "xx"));
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(await Tokens(time).ValidateAsync(token));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await Tokens(time).ValidateAsync(token));
    }

    [Fact]
    public void The_cache_forgets_at_the_end_of_the_token_and_is_bounded()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var cache = new TokenCache(time);
        TokenCache.Key Key(int i) => TokenCache.Key.Of($"token {i}");
        cache.Add(Key(0), new Caller(Romeo, new TokenInfo("0", "phone", time.GetUtcNow() + TimeSpan.FromMinutes(10))));
        cache.Add(Key(1), new Caller(Romeo, new TokenInfo("1", "phone", time.GetUtcNow() + TimeSpan.FromHours(1), External: true)));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull(cache.Find(Key(0)));
        Assert.Null(cache.Find(Key(1)));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(cache.Find(Key(0)));
        for (var i = 0; i < 5 * TokenCache.Generation; i++)
        {
            cache.Add(Key(i), new Caller(Romeo, new TokenInfo($"{i}", "phone", time.GetUtcNow() + TimeSpan.FromMinutes(10))));
            Assert.NotNull(cache.Find(Key(7 < i ? 7 : i)));
        }
        Assert.InRange(Enumerable.Range(0, 5 * TokenCache.Generation).Count(i => cache.Find(Key(i)) is not null), 1, 2 * TokenCache.Generation + 2);
    }

    [Fact]
    public void An_address_is_refused_beyond_its_bound_and_forgiven_with_time()
    {
        var time = new FakeTimeProvider();
        var throttle = new AddressThrottle(3, TimeSpan.FromSeconds(3), time);
        var host = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < 3; i++) Assert.Null(throttle.TryCount(host, "x"));
        var fault = throttle.TryCount(host, "x");
        Assert.Equal((FaultCode.RateLimited, TimeSpan.FromSeconds(3)), (fault!.Code, fault.RetryAfter));
        Assert.NotNull(throttle.TryCount(IPAddress.Parse("::ffff:192.0.2.1"), "x"));
        Assert.Null(throttle.TryCount(IPAddress.Parse("192.0.2.2"), "x"));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(throttle.TryCount(host, "x"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(throttle.TryCount(host, "x"));
        throttle.Forgive(host);
        Assert.Null(throttle.TryCount(host, "x"));
        Assert.NotNull(throttle.TryCount(host, "x"));
    }

    [Fact]
    public void Addresses_of_one_ipv6_network_are_one_and_a_flood_of_networks_fills_no_memory()
    {
        var time = new FakeTimeProvider();
        var throttle = new AddressThrottle(2, TimeSpan.FromHours(1), time);
        Assert.Null(throttle.TryCount(IPAddress.Parse("2001:db8::1"), "x"));
        Assert.Null(throttle.TryCount(IPAddress.Parse("2001:db8::2"), "x"));
        Assert.NotNull(throttle.TryCount(IPAddress.Parse("2001:db8::3"), "x"));
        for (var i = 0; i < 3 * AddressThrottle.MaxAddresses; i++)
            throttle.TryCount(IPAddress.Parse($"2001:db9:{i >> 16:x}:{i & 0xffff:x}::1"), "x");
        Assert.InRange(throttle.Count, 1, AddressThrottle.MaxAddresses);
        Assert.NotNull(throttle.TryCount(IPAddress.Parse("2001:db8::3"), "x"));
    }

    [Fact]
    public async Task A_body_that_never_ends_is_given_up_after_half_a_minute()
    {
        var time = new WatchedTime();
        await using var host = await GatewayHost.StartAsync(builder => builder.Services.Replace(
            ServiceDescriptor.Singleton(services => ActivatorUtilities.CreateInstance<ApiPipeline>(services, (TimeProvider)time))));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", host.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync("POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
        await time.Armed.WaitAsync(TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(30));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(patience.Token), StringComparison.Ordinal);
    }

    private sealed class WatchedTime : FakeTimeProvider
    {
        private readonly TaskCompletionSource _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Somebody waits for a time.</summary>
        public Task Armed => _armed.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _armed.TrySetResult();
            return timer;
        }
    }

    [Fact]
    public async Task The_operator_may_close_registration_and_ask_for_longer_passwords()
    {
        await using var host = await GatewayHost.StartAsync(builder =>
        {
            builder.Services.Configure<AccountOptions>(options => options.MinPasswordLength = 8);
            builder.Services.Configure<LimitOptions>(options =>
                (options.LoginFailuresPerAddress, options.LoginFailureForgiveness, options.RegistrationsPerAddress) = (3, TimeSpan.FromHours(10), 2));
        });
        using var http = host.NewClient();
        var person = new Person(http, "x");
        (await person.PostAsync("/v1/accounts", new { username = "romeo", password = "1234567" })).MustBe(400, "bad-request", "password");
        (await person.PostAsync("/v1/accounts", new { username = "romeo", password = "1234567é" })).MustBe(201);
        (await person.PostAsync("/v1/accounts", new { username = "romeo", password = "12345678" })).MustBe(409, "account-exists", "username");
        (await person.PostAsync("/v1/accounts", new { username = "juliet", password = "12345678" })).MustBe(201);
        (await person.PostAsync("/v1/accounts", new { username = "tybalt", password = "12345678" })).MustBe(429, "rate-limited");
        for (var i = 0; i < 3; i++) (await person.PostAsync("/v1/tokens", new { username = $"nobody{i}", password = "12345678" })).MustBe(401, "bad-credentials");
        (await person.PostAsync("/v1/tokens", new { username = "juliet", password = "12345678" })).MustBe(429, "rate-limited");
        host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<AccountOptions>>().Value.Registration = RegistrationPolicy.Closed;
        (await person.PostAsync("/v1/accounts", new { username = "tybalt", password = "12345678" })).MustBe(403, "registration-closed");
    }
}
