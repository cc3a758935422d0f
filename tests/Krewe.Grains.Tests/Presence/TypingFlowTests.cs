using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Tests.Silos;

namespace Krewe.Grains.Tests.Presence;

/// <summary>Who sees whom typing, on a silo.</summary>
public sealed class TypingFlowTests : IAsyncLifetime
{
    private UserCluster _cluster = null!;
    private Jid _romeo;
    private Jid _juliet;

    public async ValueTask InitializeAsync()
    {
        _cluster = await UserCluster.StartAsync(limits: limits => limits.TypingRate = 0.01);
        _romeo = await _cluster.RegisterAsync("romeo");
        _juliet = await _cluster.RegisterAsync("juliet");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory, InlineData("composing"), InlineData("paused"), InlineData("active"), InlineData("inactive"), InlineData("gone")]
    public async Task Juliet_sees_that_Romeo_types_if_she_may_see_his_presence(string state)
    {
        await _cluster.SubscribeAsync(_juliet, _romeo);
        await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        Assert.Null((await TypeAsync(_romeo, _juliet, state)).Fault);
        var seen = await juliet.NextAsync<TypingEvent>("Juliet sees Romeo type");
        Assert.Equal((_romeo, "phone", state), (seen.From, seen.Device, seen.State));
    }

    [Fact]
    public async Task Nobody_else_sees_it_and_the_typist_cannot_tell()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        Assert.Null((await TypeAsync(_romeo, _juliet, "composing")).Fault);
        Assert.Null((await TypeAsync(_romeo, People.Named("nobody"), "composing")).Fault);
        Assert.Empty((await juliet.AllAsync()).OfType<TypingEvent>());
    }

    [Fact]
    public async Task Who_hides_does_not_show_by_typing()
    {
        await _cluster.SubscribeAsync(_juliet, _romeo);
        await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        await _cluster.SayAsync(_romeo, Show.Offline);
        await TypeAsync(_romeo, _juliet, "composing");
        Assert.Empty((await juliet.AllAsync()).OfType<TypingEvent>());
    }

    [Fact]
    public async Task Another_word_is_a_bad_request()
    {
        var fault = (await TypeAsync(_romeo, _juliet, "shouting")).Fault;
        Assert.Equal((FaultCode.BadRequest, "state"), (fault?.Code, fault?.Member));
    }

    [Fact]
    public async Task Too_much_typing_is_dropped_without_an_error()
    {
        await _cluster.SubscribeAsync(_juliet, _romeo);
        await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        for (var i = 0; i < 20; i++) Assert.Null((await TypeAsync(_romeo, _juliet, "composing")).Fault);
        await juliet.NextAsync<TypingEvent>("the first one passes");
        Assert.Single((await juliet.AllAsync()).OfType<TypingEvent>());
    }

    private ValueTask<Outcome<Done>> TypeAsync(Jid from, Jid to, string state) => _cluster.User<ISessionGrain>(from).TypingAsync("phone", to, state);
}
