using System.Net.Http.Json;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

public sealed class LogTests
{
    [Fact]
    public async Task The_log_has_no_password_body_or_token_even_at_its_most_talkative()
    {
        const string password = "wherefore-art-thou", body = "a-plague-on-both-your-houses";
        await using var server = await KreweProcess.StartAsync(new KreweProcessOptions
        {
            Arguments = ["--Logging:LogLevel:Default=Debug", "--Logging:LogLevel:Krewe=Trace", "--Logging:LogLevel:Microsoft=Debug", "--Logging:LogLevel:Orleans=Information"],
        });
        using var user = await TestUser.SignUpAsync(server, "romeo", password);
        await user.SendAsync("romeo", body);
        using var http = new HttpClient { BaseAddress = server.Http };
        using (var stream = await http.GetStreamAsync($"v1/mailbox/stream?after=0&access_token={user.Token}"))
        {
            var buffer = new byte[64];
            Assert.NotEqual(0, await stream.ReadAsync(buffer));
        }
        await http.PostAsJsonAsync("v1/tokens", new { username = "romeo", password = password + "!" });
        await http.GetAsync($"v1/mailbox?access_token={user.Token}");
        using (var admin = new HttpClient { BaseAddress = server.Admin })
        {
            using var form = new FormUrlEncodedContent([new("token", server.AdminToken)]);
            await admin.PostAsync("login", form);
        }
        var adminToken = server.AdminToken;
        await server.TerminateAsync();

        Assert.DoesNotContain(password, server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(body, server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(user.Token, server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(adminToken, server.Log, StringComparison.Ordinal);
    }
}
