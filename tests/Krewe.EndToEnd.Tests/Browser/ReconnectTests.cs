using static Microsoft.Playwright.Assertions;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>The server or the network goes away while people talk.</summary>
public sealed class ReconnectTests(Website website) : IClassFixture<Website>
{
    [Fact]
    public async Task A_killed_server_loses_and_doubles_nothing()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await romeo.OpenConversationAsync(juliet.Name);
        await juliet.OpenConversationAsync(romeo.Name);
        await romeo.WriteAsync("Before 1");
        await Expect(juliet.Bodies).ToHaveCountAsync(1);
        await juliet.WriteAsync("Before 2");
        await Expect(romeo.Bodies).ToHaveCountAsync(2);

        await website.Server.KillAsync();
        await Expect(romeo.Connection).ToContainTextAsync("No connection");
        await Expect(romeo.Standing).ToContainTextAsync("no connection");
        await Expect(romeo.PresenceOf(juliet.Name)).ToBeHiddenAsync();
        await romeo.WriteAsync("Meanwhile 1");
        await romeo.WriteAsync("Meanwhile 2");
        await juliet.WriteAsync("Meanwhile 3");
        await Expect(romeo.Mark("Meanwhile 2")).ToHaveAttributeAsync("data-state", "sending");
        await website.RestartServerAsync();

        await romeo.ConnectedAsync();
        await juliet.ConnectedAsync();
        foreach (var text in new[] { "Meanwhile 1", "Meanwhile 2" })
            await romeo.MarkedAsync(text, "read");
        await juliet.MarkedAsync("Meanwhile 3", "read");
        await Expect(romeo.Standing).ToHaveTextAsync("available");
        await romeo.WriteAsync("After");
        await romeo.MarkedAsync("After", "read");

        foreach (var page in new[] { romeo, juliet })
        {
            await AssertEachOnceAsync(page);
            await page.Page.ReloadAsync();
            await AssertEachOnceAsync(page);
            Assert.Empty(page.Errors);
        }
    }

    [Fact]
    public async Task What_was_written_offline_is_sent_later_even_after_a_reload()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await romeo.OpenConversationAsync(juliet.Name);
        await website.Server.KillAsync();
        await Expect(romeo.Connection).ToContainTextAsync("No connection");
        await romeo.WriteAsync("From the dark");
        await website.RestartServerAsync();
        await romeo.Page.ReloadAsync();
        await romeo.MarkedAsync("From the dark", "delivered");
        await juliet.OpenConversationAsync(romeo.Name);
        await Expect(juliet.Bodies).ToHaveTextAsync(["From the dark"]);
    }

    private static async Task AssertEachOnceAsync(ChatPage page)
    {
        await Expect(page.Bodies).ToHaveCountAsync(6);
        var said = await page.Bodies.AllTextContentsAsync();
        Assert.Equal(["Before 1", "Before 2"], said.Take(2));
        Assert.Equal(["Meanwhile 1", "Meanwhile 2", "Meanwhile 3"], said.Skip(2).Take(3).Order());
        // Each one's own order holds; between two people the server's decides.
        Assert.True(said.ToList().IndexOf("Meanwhile 1") < said.ToList().IndexOf("Meanwhile 2"));
        Assert.Equal("After", said[^1]);
    }
}
