using Krewe.Core.Users;
using Krewe.Core.Mailboxes;
using Krewe.Gateway.Api;
using Krewe.Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Tests.Api;

/// <summary>What clients see when a part of the cluster is away, or a bug shows.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly UnsteadyGrains _grains = new();
    private GatewayHost _host = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(builder => builder.Services.Replace(ServiceDescriptor.Singleton(services =>
            ActivatorUtilities.CreateInstance<Users>(services, new UserGrains(_grains.Wrap(services.GetRequiredService<IGrainFactory>()))))));
        _http = _host.NewClient();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_passing_failure_is_not_seen_and_a_lasting_one_is_503()
    {
        var romeo = await Person.JoinAsync(_http, "romeo");
        _grains.Fail("GetContactsAsync", new TimeoutException(), new StoreUnavailableException("away"));
        (await romeo.GetAsync("/v1/contacts")).MustBe(200);
        _grains.FailAlways("GetContactsAsync", new TimeoutException());
        (await romeo.GetAsync("/v1/contacts")).MustBe(503, "unavailable");
        _grains.FailAlways("GetContactsAsync", null);
        (await romeo.GetAsync("/v1/contacts")).MustBe(200);
        _grains.FailAlways("AuthorizeAsync", new SiloUnavailableException());
        (await romeo.GetAsync("/v1/contacts")).MustBe(503, "unavailable");
    }

    [Fact]
    public async Task A_call_that_waited_too_long_for_its_grain_to_be_placed_is_repeated_and_no_bug()
    {
        var romeo = await Person.JoinAsync(_http, "romeo");
        _grains.Fail("GetContactsAsync", new OperationCanceledException("Message expired before placement could complete."));
        (await romeo.GetAsync("/v1/contacts")).MustBe(200);
        _grains.FailAlways("AuthorizeAsync", new OperationCanceledException("Message expired before placement could complete."));
        (await romeo.GetAsync("/v1/contacts")).MustBe(503, "unavailable");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("mine")]
    public async Task A_send_whose_answer_is_lost_is_repeated_and_stored_once(string? id)
    {
        var (romeo, juliet) = (await Person.JoinAsync(_http, "romeo"), await Person.JoinAsync(_http, "juliet"));
        _grains.LostAnswers = 2;
        var sent = await romeo.TellAsync(juliet, "hi", id);
        Assert.Equal(1, sent.Json.GetProperty("seq").GetInt64());
        Assert.InRange((int)sent.Status, 200, 201);
        Assert.Equal(1, (await juliet.GetAsync("/v1/mailbox")).Json.GetProperty("last").GetInt64());
        Assert.Equal(1, (await romeo.GetAsync("/v1/mailbox")).Json.GetProperty("last").GetInt64());
    }

    [Fact]
    public async Task Making_an_account_is_not_repeated()
    {
        var calls = _grains.CallsOf("CreateAsync");
        _grains.Fail("CreateAsync", new TimeoutException());
        (await new Person(_http, "x").PostAsync("/v1/accounts", new { username = "x", password = "x" })).MustBe(503, "unavailable");
        Assert.Equal(calls + 1, _grains.CallsOf("CreateAsync"));
    }

    [Fact]
    public async Task A_bug_is_500_and_logged_once_without_what_the_user_wrote()
    {
        var romeo = await Person.JoinAsync(_http, "romeo");
        _grains.Fail("SendAsync", new InvalidOperationException("a bug"));
        (await romeo.PostAsync("/v1/messages", new { to = "bob", body = "deep secret" })).MustBe(500, "internal");
        var error = Assert.Single(_host.Log.All, line => line.Level >= LogLevel.Error);
        Assert.Contains("POST /v1/messages", error.Text, StringComparison.Ordinal);
        Assert.Contains("a bug", error.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_host.Log.All, line => line.Text.Contains("deep secret", StringComparison.Ordinal));
        (await romeo.GetAsync("/v1/contacts")).MustBe(200);
    }
}
