using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Krewe.ProcessHarness;
using Krewe.TestKit.Push;

namespace Krewe.Server.Tests.Push;

/// <summary>A server process that pushes by a fake FCM, and what an operator asks it.</summary>
internal sealed class PushServer : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _credentials;
    private readonly HttpClient _admin;

    private PushServer(FakeFcm fcm, string credentials, KreweProcess process)
    {
        (Fcm, _credentials, Process) = (fcm, credentials, process);
        _admin = new HttpClient { BaseAddress = process.Admin };
        _admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", process.AdminToken);
    }

    public FakeFcm Fcm { get; }

    public KreweProcess Process { get; }

    public static async Task<PushServer> StartAsync(params string[] arguments)
    {
        var fcm = await FakeFcm.StartAsync();
        var credentials = Path.Combine(Path.GetTempPath(), $"krewe-{Guid.NewGuid():N}.json");
        try
        {
            await fcm.Account.WriteAsync(credentials);
            return new PushServer(fcm, credentials, await KreweProcess.StartAsync(new KreweProcessOptions
            {
                Arguments =
                [
                    $"--Krewe:Push:Fcm:ProjectId={fcm.ProjectId}", $"--Krewe:Push:Fcm:CredentialsFile={credentials}", $"--Krewe:Push:Fcm:BaseAddress={fcm.Address}",
                    "--Krewe:Push:Grace=00:00:00.050", "--Krewe:Push:BrokenLaneRest=00:00:01", .. arguments,
                ],
            }));
        }
        catch
        {
            File.Delete(credentials);
            await fcm.DisposeAsync();
            throw;
        }
    }

    /// <summary>Somebody with a phone that sleeps; its token is <c>token-of-NAME</c>.</summary>
    public async Task<TestUser> SleeperAsync(string name)
    {
        var user = await TestUser.SignUpAsync(Process, name);
        Assert.Equal(HttpStatusCode.NoContent, await user.PutPushAsync(new { platform = "fcm", token = $"token-of-{name}", app = Fcm.ProjectId }));
        return user;
    }

    public async Task<JsonElement> GetAsync(string path) => await _admin.GetFromJsonAsync<JsonElement>("admin/v1/push" + path);

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object? body = null)
    {
        using var answer = await _admin.PostAsJsonAsync("admin/v1/push" + path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public async Task<HttpStatusCode> DeleteAsync(string path)
    {
        using var answer = await _admin.DeleteAsync(new Uri("admin/v1/push" + path, UriKind.Relative));
        return answer.StatusCode;
    }

    public async Task<JsonElement> LaneAsync() => (await GetAsync("")).GetProperty("lanes").EnumerateArray().Single(lane => lane.GetProperty("platform").GetString() == "fcm");

    /// <summary>Asks again until the answer is as awaited.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> enough)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = await ask();
            if (enough(answer)) return answer;
            Assert.False(patience.IsCancellationRequested, $"Not what was awaited within {Patience}: {answer}");
            await Task.Yield();
        }
    }

    public Task<string> MetricsAsync() => _admin.GetStringAsync("metrics");

    public Task<JsonElement> ReadyAsync() => _admin.GetFromJsonAsync<JsonElement>("health/ready");

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await Process.DisposeAsync();
        File.Delete(_credentials);
        await Fcm.DisposeAsync();
    }
}
