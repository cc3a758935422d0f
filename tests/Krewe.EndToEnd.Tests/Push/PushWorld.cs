using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Krewe.Client;
using Krewe.ProcessHarness;
using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

/// <summary>A real server process whose push services are fakes that speak HTTP/2 over TLS.</summary>
public sealed class PushWorld : IAsyncLifetime
{
    private const string Password = "wherefore art thou";
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _admin = new();
    private readonly List<string> _unspeakable = [];
    private readonly List<PushDevice> _devices = [];
    private KreweClient _romeo = null!;
    private string[] _arguments = [];
    private string _log = "";
    private int _users;

    public KreweProcess Server { get; private set; } = null!;

    public FakeFcm Fcm { get; private set; } = null!;

    public FakeApns Apns { get; private set; } = null!;

    public FakeMiPush Mi { get; private set; } = null!;

    public string CredentialsFile => Path.Combine(_folder.Path, "account.json");

    public string KeyFile => Path.Combine(_folder.Path, "key.p8");

    /// <param name="arguments">Win over the quick pace that tests have.</param>
    public static async Task<PushWorld> StartAsync(params string[] arguments)
    {
        var world = new PushWorld { _arguments = arguments };
        try
        {
            await world.InitializeAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public async ValueTask InitializeAsync()
    {
        Fcm = await FakeFcm.StartAsync(new FakePushOptions { Tls = true });
        Apns = await FakeApns.StartAsync(new FakeApnsOptions { Tls = true });
        Mi = await FakeMiPush.StartAsync(new FakeMiPushOptions { Tls = true });
        await StartServerAsync();
    }

    /// <summary>A person who is away, with one device that can be woken.</summary>
    public async Task<PushDevice> NewDeviceAsync(string platform, string? mode = null)
    {
        var name = $"user-{Interlocked.Increment(ref _users)}";
        var client = new KreweClient(Server.Http);
        await client.SignUpAsync(name, Password);
        await client.SignInAsync(name, Password, "phone");
        var device = new PushDevice(this, name, client, platform, platform switch { "apns" => Apns.Topic, "mipush" => Mi.PackageName, _ => Fcm.ProjectId });
        lock (_devices) _devices.Add(device);
        await device.RegisterAsync(NewToken(platform), mode);
        return device;
    }

    /// <summary>A token as the vendor makes them.</summary>
    public static string NewToken(string platform) => platform switch
    {
        "apns" => FakeApns.NewToken(),
        "mipush" => Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)),
        _ => $"{Guid.NewGuid():N}:APA91b{Guid.NewGuid():N}",
    };

    public async Task<PushDevice> NewDeviceAsync(FakeReply next, string platform)
    {
        var device = await NewDeviceAsync(platform);
        device.Next(next);
        return device;
    }

    /// <summary>A line of Romeo's, whom all may hear.</summary>
    public async Task SendAsync(PushDevice to, string? body = null)
    {
        var text = NeverLogged($"{body ?? "But soft!"} {Guid.NewGuid():N}");
        await _romeo.SendAsync(new OutgoingMessage(to.Owner) { Body = text });
    }

    /// <summary>A text that must not be in the server's log at the end.</summary>
    public string NeverLogged(string text)
    {
        lock (_unspeakable) _unspeakable.Add(text);
        return text;
    }

    /// <summary>What the operator sees of one push service.</summary>
    public async Task<JsonElement> LaneAsync(string platform)
    {
        var answer = await AdminAsync(HttpMethod.Get, "admin/v1/push");
        return answer.GetProperty("lanes").EnumerateArray().Single(lane => lane.GetProperty("platform").GetString() == platform);
    }

    /// <summary>The operator is told that the service refuses this server, and why.</summary>
    public async Task<string?> BrokenAsync(string platform) => (await LaneAsync(platform)).GetProperty("alarms").EnumerateArray()
        .Where(static alarm => alarm.GetProperty("alarm").GetString() == "broken").Select(static alarm => alarm.GetProperty("detail").GetString()).FirstOrDefault();

    /// <summary>Why a device's push was set aside; null if it was not.</summary>
    public async Task<string?> SetAsideAsync(PushDevice device) => (await AdminAsync(HttpMethod.Get, "admin/v1/push/set-aside?limit=1000")).GetProperty("items").EnumerateArray()
        .Where(row => row.GetProperty("user").GetString()!.Split('@')[0] == device.Owner).Select(static row => row.GetProperty("reason").GetString()).FirstOrDefault();

    public async Task<JsonElement> AdminAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(Server.Admin, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Server.AdminToken);
        using var answer = await _admin.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {answer.StatusCode}");
        return answer.StatusCode == HttpStatusCode.NoContent ? default : await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>kill -9, and the same server again; clients find it at its old address.</summary>
    public async Task KillAndRestartAsync()
    {
        await Server.KillAsync();
        var old = Server;
        _log += old.Log;
        Server = await old.RestartAsync();
        await old.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.TerminateAsync(TimeSpan.FromSeconds(60));
            _log += Server.Log;
            await Server.DisposeAsync();
        }
        foreach (var device in _devices) device.Dispose();
        _romeo?.Dispose();
        _admin.Dispose();
        foreach (var service in new IAsyncDisposable?[] { Fcm, Apns, Mi })
            if (service is not null) await service.DisposeAsync();
        _folder.Dispose();
        foreach (var text in _unspeakable) Assert.DoesNotContain(text, _log, StringComparison.Ordinal);
    }

    private async Task StartServerAsync()
    {
        await Fcm.Account.WriteAsync(CredentialsFile);
        await Apns.WriteKeyAsync(KeyFile);
        var trusted = Path.Combine(_folder.Path, "trusted.pem");
        await File.WriteAllLinesAsync(trusted, [Fcm.Certificate!.ExportCertificatePem(), Apns.Certificate!.ExportCertificatePem(), Mi.Certificate!.ExportCertificatePem()]);
        NeverLogged(Mi.AppSecret);
        foreach (var line in (await File.ReadAllLinesAsync(KeyFile))[1..^1]) NeverLogged(line);
        foreach (var line in JsonSerializer.Deserialize<JsonElement>(Fcm.Account.ToJson()).GetProperty("private_key").GetString()!.Split('\n')[1..3]) NeverLogged(line);
        Server = await KreweProcess.StartAsync(new KreweProcessOptions
        {
            DataPath = Path.Combine(_folder.Path, "data"),
            Environment = new Dictionary<string, string> { ["SSL_CERT_FILE"] = trusted },
            Arguments =
            [
                "--Krewe:Push:Grace=00:00:00.2", "--Krewe:Push:MaxBackoff=00:00:01", "--Krewe:Push:BrokenLaneRest=00:00:01",
                $"--Krewe:Push:Fcm:ProjectId={Fcm.ProjectId}", $"--Krewe:Push:Fcm:CredentialsFile={CredentialsFile}", $"--Krewe:Push:Fcm:BaseAddress={Fcm.Address}",
                $"--Krewe:Push:Apns:TeamId={Apns.TeamId}", $"--Krewe:Push:Apns:KeyId={Apns.KeyId}", $"--Krewe:Push:Apns:KeyFile={KeyFile}",
                $"--Krewe:Push:Apns:Topic={Apns.Topic}", $"--Krewe:Push:Apns:BaseAddress={Apns.Address}",
                $"--Krewe:Push:MiPush:PackageName={Mi.PackageName}", $"--Krewe:Push:MiPush:AppSecret={Mi.AppSecret}", $"--Krewe:Push:MiPush:BaseAddress={Mi.Address}",
                .. _arguments,
            ],
        });
        _romeo = new KreweClient(Server.Http);
        await _romeo.SignUpAsync("romeo", Password);
        await _romeo.SignInAsync("romeo", Password);
    }
}
