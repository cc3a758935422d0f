using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Errors;
using Krewe.Core.Push;
using Krewe.Core.Users;
using Krewe.Grains.Tests.Silos;

namespace Krewe.Grains.Tests.Push;

/// <summary>Registrations and their tokens, on silos: one token has one device, whoever dies in between.</summary>
public sealed class PushTokenFlowTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private UserCluster _cluster = null!;
    private Jid _romeo;
    private Jid _juliet;

    public async ValueTask InitializeAsync()
    {
        _cluster = await UserCluster.StartAsync(silos: 2);
        _romeo = await _cluster.RegisterAsync("romeo", on: _cluster.Silos[0]);
        _juliet = await _cluster.RegisterAsync("juliet", on: _cluster.Silos[1]);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_token_that_moves_leaves_the_old_user_before_the_new_one_is_answered()
    {
        await RegisterAsync(_romeo, "phone");
        await RegisterAsync(_juliet, "phone");
        Assert.Null(await PushOfAsync(_romeo, "phone"));
        Assert.NotNull(await PushOfAsync(_juliet, "phone"));
        await RegisterAsync(_romeo, "phone");
        Assert.Null(await PushOfAsync(_juliet, "phone"));
        Assert.NotNull(await PushOfAsync(_romeo, "phone"));
    }

    [Fact]
    public async Task A_token_that_moves_leaves_the_old_device()
    {
        await RegisterAsync(_romeo, "old name");
        await _cluster.SendAsync(_juliet, _romeo, "1");
        await RegisterAsync(_romeo, "new name");
        Assert.Null(await PushOfAsync(_romeo, "old name"));
        Assert.DoesNotContain(_cluster.Mailboxes.Pushes(_romeo), row => row.Device == "old name");
        await RegisterAsync(_romeo, "tablet", token: "another");
        Assert.NotNull(await PushOfAsync(_romeo, "new name"));
    }

    [Fact]
    public async Task A_webhooks_address_is_shared()
    {
        foreach (var user in (Jid[])[_romeo, _juliet]) await RegisterAsync(user, "phone", "https://push.example/", PushPlatform.Webhook);
        Assert.NotNull(await PushOfAsync(_romeo, "phone"));
    }

    [Fact]
    public async Task Who_cannot_drop_a_token_at_once_drops_it_later()
    {
        await RegisterAsync(_romeo, "phone");
        var refused = new TaskCompletionSource();
        var away = true;
        _cluster.States.BeforeWrite = (state, user) =>
        {
            if (!away || state != "devices" || user != _romeo.Text) return;
            refused.TrySetResult();
            throw new IOException("away");
        };
        await RegisterAsync(_juliet, "phone");
        Assert.NotNull(await PushOfAsync(_romeo, "phone"));
        await refused.Task.InTimeAsync("romeo hears of his loss");
        away = false;
        await UntilAsync(async () => await PushOfAsync(_romeo, "phone") is null, "romeo's registration goes");
        Assert.NotNull(await PushOfAsync(_juliet, "phone"));
    }

    [Fact]
    public async Task Who_was_never_told_finds_out_before_the_next_push()
    {
        await RegisterAsync(_romeo, "phone");
        await _cluster.SendAsync(_juliet, _romeo, "1");
        var row = _cluster.Mailboxes.Pushes(_romeo).Single();
        var away = true;
        _cluster.States.BeforeWrite = (state, user) =>
        {
            if (away && state == "devices" && user == _romeo.Text) throw new IOException("away");
        };
        await RegisterAsync(_juliet, "phone");
        // With the silo goes whoever would have told him again.
        await _cluster.KillAsync(_cluster.Silos[0]);
        away = false;
        var plan = await _cluster.AskAsync(() => Push(_romeo).PreparePushAsync(row));
        Assert.Null(plan.Notice);
        await UntilAsync(async () => await _cluster.AskAsync(() => PushOf(_romeo, "phone")) is null, "romeo's registration goes");
        Assert.NotNull(await _cluster.AskAsync(() => PushOf(_juliet, "phone")));
    }

    [Fact]
    public async Task A_registration_whose_claim_failed_is_answered_as_such_and_wins_with_its_first_push()
    {
        await RegisterAsync(_romeo, "phone");
        var away = true;
        _cluster.States.BeforeWrite = (state, _) =>
        {
            if (away && state == "token") throw new IOException("away");
        };
        var answer = await _cluster.User<IDeviceGrain>(_juliet).SetPushAsync("phone", Registration(minute: 1));
        Assert.Equal(FaultCode.Unavailable, answer.Fault?.Code);
        await _cluster.SendAsync(_romeo, _juliet, "1");
        var row = _cluster.Mailboxes.Pushes(_juliet).Single();
        var plan = await Push(_juliet).PreparePushAsync(row);
        Assert.Null(plan.Notice);
        Assert.NotNull(plan.NotBefore);
        away = false;
        await UntilAsync(async () => (await Push(_juliet).PreparePushAsync(row)).Notice is not null, "juliet's push is prepared");
        Assert.Null(await PushOfAsync(_romeo, "phone"));
    }

    [Fact]
    public async Task Signing_out_of_a_device_ends_its_pushes_and_no_others()
    {
        await RegisterAsync(_romeo, "phone");
        await RegisterAsync(_romeo, "tablet", token: "another");
        await _cluster.SendAsync(_juliet, _romeo, "1");
        var token = new TokenInfo("t", "phone", DateTimeOffset.UtcNow.AddDays(1));
        Assert.Null((await _cluster.User<IAccountGrain>(_romeo).RevokeTokenAsync(token)).Fault);
        Assert.Null(await PushOfAsync(_romeo, "phone"));
        Assert.NotNull(await PushOfAsync(_romeo, "tablet"));
        Assert.Equal(["tablet"], _cluster.Mailboxes.Pushes(_romeo).Select(row => row.Device));
    }

    [Fact]
    public async Task An_account_that_is_deleted_leaves_no_row_and_no_registration()
    {
        await RegisterAsync(_romeo, "phone");
        await _cluster.SendAsync(_juliet, _romeo, "1");
        var row = _cluster.Mailboxes.Pushes(_romeo).Single();
        Assert.Null((await _cluster.User<IAccountGrain>(_romeo).DeleteAsync()).Fault);
        Assert.Empty(_cluster.Mailboxes.Pushes(_romeo));
        Assert.Equal(PushPlan.Needless, await Push(_romeo).PreparePushAsync(row));
        await RegisterAsync(_juliet, "phone");
    }

    [Fact]
    public async Task A_dead_token_goes_and_a_newer_registration_stays()
    {
        await RegisterAsync(_romeo, "phone", minute: 5);
        await Push(_romeo).PushTokenDeadAsync("phone", "token", Noon);
        Assert.NotNull(await PushOfAsync(_romeo, "phone"));
        await Push(_romeo).PushTokenDeadAsync("phone", "an older token", null);
        Assert.NotNull(await PushOfAsync(_romeo, "phone"));
        await Push(_romeo).PushTokenDeadAsync("phone", "token", Noon.AddMinutes(5));
        Assert.Null(await PushOfAsync(_romeo, "phone"));
    }

    [Fact]
    public async Task A_token_that_looks_invalid_goes_the_second_time_also_over_a_silos_death()
    {
        await RegisterAsync(_romeo, "phone");
        Assert.False(await Push(_romeo).PushTokenSuspectAsync("phone", "token"));
        Assert.False(await Push(_romeo).PushTokenSuspectAsync("phone", "an older token"));
        await _cluster.KillAsync(_cluster.Silos[0]);
        Assert.True(await _cluster.AskAsync(() => Push(_romeo).PushTokenSuspectAsync("phone", "token")));
        Assert.Null(await PushOfAsync(_romeo, "phone"));
        Assert.True(await Push(_romeo).PushTokenSuspectAsync("phone", "token"));
    }

    [Fact]
    public async Task A_push_that_goes_through_clears_a_token_of_suspicion()
    {
        await RegisterAsync(_romeo, "phone");
        await Push(_romeo).PushTokenSuspectAsync("phone", "token");
        await Push(_romeo).PushSentAsync("phone", PushKind.Test, 0);
        Assert.False(await Push(_romeo).PushTokenSuspectAsync("phone", "token"));
        await RegisterAsync(_romeo, "phone");
        Assert.False(await Push(_romeo).PushTokenSuspectAsync("phone", "token"));
    }

    private static PushRegistration Registration(string token = "token", PushPlatform platform = PushPlatform.Fcm, int minute = 0) =>
        new() { Platform = platform, Token = token, App = "app", RegisteredAt = Noon.AddMinutes(minute) };

    private IPushGrain Push(Jid user) => _cluster.User<IPushGrain>(user);

    private ValueTask<PushRegistration?> PushOf(Jid user, string device) => _cluster.User<IDeviceGrain>(user).GetPushAsync(device);

    private async Task<PushRegistration?> PushOfAsync(Jid user, string device) => await PushOf(user, device);

    private async Task RegisterAsync(Jid user, string device, string token = "token", PushPlatform platform = PushPlatform.Fcm, int minute = 0) =>
        Assert.Null((await _cluster.User<IDeviceGrain>(user).SetPushAsync(device, Registration(token, platform, minute))).Fault);

    private static async Task UntilAsync(Func<Task<bool>> happened, string what)
    {
        for (var waiting = System.Diagnostics.Stopwatch.StartNew(); !await happened();)
            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(30), $"Did not happen: {what}");
    }
}
