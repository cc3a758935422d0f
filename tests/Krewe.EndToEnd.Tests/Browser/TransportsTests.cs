using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>The page that shows every push technique side by side.</summary>
public sealed class TransportsTests(Website website) : IClassFixture<Website>
{
    private static readonly string[] Asking = ["poll", "etag", "long"];
    private static readonly string[] Streaming = ["frame", "ndjson", "sse", "ws"];

    [Fact]
    public async Task Every_technique_gets_every_message_exactly_once()
    {
        var page = await website.OpenAsync("/transports");
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        var asked = new List<string>();
        page.Request += (_, request) =>
        {
            lock (asked)
                asked.Add($"{request.ResourceType} {new Uri(request.Url).PathAndQuery}");
        };
        var sockets = 0;
        page.WebSocket += (_, _) => Interlocked.Increment(ref sockets);

        await page.GetByRole(AriaRole.Button, new() { Name = "Start with two throw-away users" }).ClickAsync();
        await page.Locator("#rate").FillAsync("3");
        await page.Locator("#interval").FillAsync("2");
        await Expect(page.Locator("#rate-text")).ToHaveTextAsync("2 a second");
        await Expect(page.Locator("#interval-text")).ToHaveTextAsync("500 ms");
        await SeenAsync(page, "poll", 4);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Burst of 20" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send one" }).ClickAsync();

        var sent = int.Parse(await page.Locator("#sent").TextContentAsync() ?? "", CultureInfo.InvariantCulture);
        Assert.True(sent >= 25, $"{sent} messages were sent.");
        foreach (var technique in Asking.Concat(Streaming))
        {
            var card = Card(page, technique);
            await Expect(card).ToHaveAttributeAsync("data-seen", sent.ToString(CultureInfo.InvariantCulture));
            await Expect(card).ToHaveAttributeAsync("data-repeated", "0");
            await Expect(card.Locator(".last-message")).ToHaveTextAsync($"Message {sent}");
            Assert.Equal("working", await card.GetAttributeAsync("data-state"));
        }

        // The numbers tell what the page is there to tell.
        foreach (var technique in Streaming)
        {
            Assert.Equal(1, await NumberAsync(page, technique, "requests"));
            Assert.InRange(await NumberAsync(page, technique, "down"), sent * 100, sent * 2_000);
            Assert.InRange(await NumberAsync(page, technique, "up"), 200, 5_000);
        }
        foreach (var technique in Asking)
        {
            var requests = await NumberAsync(page, technique, "requests");
            Assert.True(requests >= 3, $"{technique} made {requests} requests.");
            Assert.InRange(await NumberAsync(page, technique, "up"), requests * 200, requests * 5_000);
        }

        // Each is the browser's own way.
        lock (asked)
        {
            Assert.Single(asked, request => request.StartsWith("eventsource /v1/mailbox/stream", StringComparison.Ordinal));
            Assert.Single(asked, request => request.StartsWith("document /v1/mailbox/stream", StringComparison.Ordinal));
            Assert.Single(asked, request => request.StartsWith("fetch /v1/mailbox/stream", StringComparison.Ordinal));
            Assert.Contains(asked, request => request.StartsWith("fetch /v1/mailbox?", StringComparison.Ordinal) && request.Contains("wait=", StringComparison.Ordinal));
        }
        Assert.Equal(2, sockets); // the sender's and the reader's
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Polling_waits_for_its_interval_and_pushing_does_not()
    {
        var page = await website.OpenAsync("/transports");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start with two throw-away users" }).ClickAsync();
        await page.Locator("#interval").FillAsync("4"); // 2 s
        await page.Locator("#rate").FillAsync("4"); // 5 a second
        await SeenAsync(page, "ws", 20);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(Card(page, "poll")).ToHaveAttributeAsync("data-seen", await page.Locator("#sent").TextContentAsync() ?? "");

        var polling = await DelayAsync(page, "poll");
        foreach (var technique in Streaming.Append("long"))
        {
            var delay = await DelayAsync(page, technique);
            Assert.True(delay * 2 < polling, $"{technique} took {delay} ms, polling {polling} ms.");
        }
    }

    [Fact]
    public async Task The_techniques_go_on_when_the_server_has_been_killed()
    {
        var page = await website.OpenAsync("/transports");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start with two throw-away users" }).ClickAsync();
        await page.Locator("#rate").FillAsync("3");
        await SeenAsync(page, "ws", 3);
        await website.Server.KillAsync();
        await Expect(Card(page, "sse")).ToHaveAttributeAsync("data-state", "broken");
        await website.RestartServerAsync();

        foreach (var technique in Asking.Concat(Streaming))
            await Expect(Card(page, technique)).ToHaveAttributeAsync("data-state", "working");
        await page.Locator("#rate").FillAsync("4");
        await page.Locator("#clear").ClickAsync();
        await SeenAsync(page, "ws", 5);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        var sent = await page.Locator("#sent").TextContentAsync() ?? "";
        foreach (var technique in Asking.Concat(Streaming))
        {
            // A frame learns only from 20 s of silence that its connection broke.
            await Expect(Card(page, technique)).ToHaveAttributeAsync("data-seen", sent, new() { Timeout = 90_000 });
            await Expect(Card(page, technique)).ToHaveAttributeAsync("data-repeated", "0");
        }
    }

    [Fact]
    public async Task One_s_own_account_can_be_used_and_throw_away_users_are_deleted()
    {
        var somebody = await website.NewPersonAsync("benvolio");
        var page = await website.OpenAsync("/transports");
        await page.GetByText("Use your own account instead").ClickAsync();
        await page.GetByLabel("Name").FillAsync(somebody.Name);
        await page.GetByLabel("Password").FillAsync("wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in and start" }).ClickAsync();
        await Expect(page.Locator("#setup-error")).Not.ToBeEmptyAsync();
        await page.GetByLabel("Password").FillAsync(ChatPage.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in and start" }).ClickAsync();
        await SeenAsync(page, "poll", 2);
        await page.GetByRole(AriaRole.Button, new() { Name = "End, and sign out" }).ClickAsync();
        await Expect(page.Locator("#setup")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Start with two throw-away users" }).ClickAsync();
        var deleted = new TaskCompletionSource<IResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        page.Response += (_, response) =>
        {
            if (response.Request.Method == "DELETE") deleted.TrySetResult(response);
        };
        await page.GetByRole(AriaRole.Button, new() { Name = "End, and delete both" }).ClickAsync();
        var answer = await deleted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("/v1/accounts/me", new Uri(answer.Url).AbsolutePath);
        Assert.Equal(204, answer.Status);
    }

    /// <summary>The technique has seen at least so many messages.</summary>
    private static async Task SeenAsync(IPage page, string technique, int count) => await page.WaitForFunctionAsync(
        "([technique, count]) => Number(document.querySelector(`.technique[data-technique=${technique}]`).dataset.seen) >= count", new object[] { technique, count });

    private static ILocator Card(IPage page, string technique) => page.Locator($".technique[data-technique={technique}]");

    private static async Task<long> NumberAsync(IPage page, string technique, string number) =>
        long.Parse(await Card(page, technique).GetAttributeAsync($"data-{number}") ?? "", CultureInfo.InvariantCulture);

    private static async Task<double> DelayAsync(IPage page, string technique) => double.Parse(
        await page.Locator($"#comparison tr[data-technique={technique}]").GetAttributeAsync("data-delay") ?? "", CultureInfo.InvariantCulture);
}
