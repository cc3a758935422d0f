using Krewe.Client;
using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

/// <summary>A device of its own user, registered with one of the fakes.</summary>
public sealed class PushDevice(PushWorld world, string owner, KreweClient client, string platform, string app) : IDisposable
{
    public string Owner => owner;

    public string Platform => platform;

    public string Token { get; private set; } = "";

    public KreweClient Client => client;

    public IReadOnlyList<FakePush> Requests => [.. All.Where(push => push.Token == Token)];

    public IReadOnlyList<FakePush> Taken => [.. Requests.Where(push => push.Taken)];

    private IEnumerable<FakePush> All => platform switch { "apns" => world.Apns.Requests, "mipush" => world.Mi.Requests, _ => world.Fcm.Requests };

    public async Task RegisterAsync(string token, string? mode = null)
    {
        Token = world.NeverLogged(token);
        await client.RegisterPushAsync("phone", new PushRegistration { Platform = platform, Token = token, App = app, Mode = mode });
    }

    /// <summary>Asks the server as the app would.</summary>
    public async Task<bool> IsRegisteredAsync()
    {
        try
        {
            await client.GetPushAsync("phone");
            return true;
        }
        catch (KreweException error) when (error.Code == "not-found")
        {
            return false;
        }
    }

    public void Next(params FakeReply[] replies)
    {
        if (platform == "apns") world.Apns.Next(Token, replies);
        else if (platform == "mipush") world.Mi.Next(Token, replies);
        else world.Fcm.Next(Token, replies);
    }

    public void Always(FakeReply? reply)
    {
        if (platform == "apns") world.Apns.Always(Token, reply);
        else if (platform == "mipush") world.Mi.Always(Token, reply);
        else world.Fcm.Always(Token, reply);
    }

    public Task TakenAsync(int count = 1) => WaitAsync(count, static push => push.Taken);

    public Task RequestedAsync(int count = 1) => WaitAsync(count, static _ => true);

    public void Dispose() => client.Dispose();

    private Task WaitAsync(int count, Func<FakePush, bool> match)
    {
        bool Enough(IReadOnlyList<FakePush> pushes) => pushes.Count(push => push.Token == Token && match(push)) >= count;
        return platform switch { "apns" => world.Apns.WaitForAsync(Enough), "mipush" => world.Mi.WaitForAsync(Enough), _ => world.Fcm.WaitForAsync(Enough) };
    }
}
