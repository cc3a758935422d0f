using System.Net.Http.Json;
using Krewe.Client;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>The operator's console on a real server.</summary>
public sealed class ConsoleTests(Website website) : IClassFixture<Website>
{
    private const string Password = "correct horse battery staple";

    private static readonly BrowserNewContextOptions Wide = new() { ViewportSize = new() { Width = 1280, Height = 800 } };

    private static readonly BrowserNewContextOptions Phone = new()
    {
        ViewportSize = new() { Width = 400, Height = 800 }, IsMobile = true, HasTouch = true, ColorScheme = ColorScheme.Dark,
    };

    private readonly List<string> _errors = [];

    [Fact]
    public async Task A_wrong_token_is_told_and_the_right_one_opens_and_signs_out()
    {
        var page = await OpenAsync("/", Wide);
        await page.GetByLabel("Admin token").FillAsync("not the token at all");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That is not the token.");
        await page.GetByLabel("Admin token").FillAsync(website.Server.AdminToken);
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Silos", Exact = true })).ToBeVisibleAsync();
        await Expect(page.Locator("tbody .state")).ToHaveTextAsync("active");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Orleans dashboard" }).First).ToHaveAttributeAsync("href", "/dashboard/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("Admin token")).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(website.Server.Admin, "/").ToString());
        await Expect(page.GetByLabel("Admin token")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_user_is_found_disabled_enabled_and_deleted_after_writing_the_name()
    {
        var name = await SignUpAsync("romeo");
        var page = await SignInAsync("/#/users", Wide);
        await page.GetByLabel("Name or address").FillAsync(name);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"{name}@localhost" })).ToBeVisibleAsync();
        await Expect(page.Locator("table").First).ToContainTextAsync("phone");

        await ActAsync(page, "Disable…", "Disable");
        await Expect(page.Locator(".head .state")).ToHaveTextAsync("disabled");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enable" }).ClickAsync();
        await Expect(page.Locator(".head .state")).ToHaveTextAsync("active");

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete…" }).ClickAsync();
        var sure = page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" });
        await Expect(sure).ToBeDisabledAsync();
        await page.Keyboard.TypeAsync(name);
        await sure.ClickAsync();
        await Expect(page.Locator(".head .state")).ToHaveTextAsync("deleted");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Delete…" })).ToHaveCountAsync(0);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task A_session_is_seen_and_ended_and_its_message_traced()
    {
        var name = await SignUpAsync("juliet");
        using var juliet = new KreweClient(website.Server.Http);
        await juliet.SignInAsync(name, Password, "laptop");
        await juliet.SendAsync(new OutgoingMessage($"{name}@localhost") { Id = "m1", Body = "nobody but me reads this" });
        await using var socket = await juliet.ConnectAsync();
        var page = await SignInAsync($"/#/sessions?user={name}", Wide);

        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("websocket");
        await ActAsync(page, "End…", "End it");
        await Expect(page.Locator(".notice")).ToHaveTextAsync("The session is being ended.");
        await foreach (var _ in socket.ReadAllAsync())
        {
        }

        await GoAsync(page, $"/#/message?from={name}&id=m1");
        await Expect(page.Locator("main")).ToContainTextAsync($"accepted, {name}@localhost");
        await Expect(page.Locator("main")).Not.ToContainTextAsync("nobody but me");
        await GoAsync(page, $"/#/message?owner={name}&seq=99");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The newest item of the mailbox is 1.");
    }

    [Fact]
    public async Task A_broadcast_reaches_the_mailbox_and_the_page_says_so()
    {
        var name = await SignUpAsync("nurse");
        var page = await SignInAsync("/#/broadcast", Wide);
        await page.Locator("textarea").FillAsync("Back in five minutes");
        await page.Locator("select").SelectOptionAsync("all");
        await ActAsync(page, "Send…", "Send");

        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("Back in five minutes");
        await Expect(page.Locator("tbody .state").First).ToHaveTextAsync("done");
        using var nurse = new KreweClient(website.Server.Http);
        await nurse.SignInAsync(name, Password, "phone");
        var item = Assert.Single((await nurse.PollAsync(0, 10)).Items);
        Assert.Equal(("localhost", "Back in five minutes"), (item.From, item.Body));
    }

    [Fact]
    public async Task Every_view_fits_a_phone_and_breaks_no_policy()
    {
        var name = await SignUpAsync("mercutio");
        var page = await SignInAsync("/", Phone);
        foreach (var (view, heading) in new[]
        {
            ("silos", "Silos"), ("sessions", "Sessions"), ("users", "Users"), ($"users/{name}", $"{name}@localhost"), ("broadcast", "Broadcast"), ("message", "Message"),
            ("push", "Push"), ("settings", "Settings"),
        })
        {
            await GoAsync(page, $"/#/{view}");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true, Level = 1 })).ToBeVisibleAsync();
            Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{view} scrolls sideways.");
        }
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task A_page_of_somebody_else_cannot_use_the_sign_in()
    {
        var name = await SignUpAsync("tybalt");
        var page = await SignInAsync("/", Wide);
        // The clients' listener of the same machine: another origin, the same site.
        await page.GotoAsync(website.Server.Http.ToString());
        await page.EvaluateAsync("(to) => fetch(to, { method: 'POST', mode: 'no-cors', credentials: 'include' }).catch(() => {})",
            new Uri(website.Server.Admin, $"/admin/v1/users/{name}/disable").ToString());

        using var operators = new HttpClient();
        operators.DefaultRequestHeaders.Authorization = new("Bearer", website.Server.AdminToken);
        var user = await operators.GetFromJsonAsync<Dictionary<string, object>>(new Uri(website.Server.Admin, $"/admin/v1/users/{name}"));
        Assert.Equal("active", user!["status"].ToString());
    }

    private static async Task ActAsync(IPage page, string button, string confirmed)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = confirmed, Exact = true }).ClickAsync();
    }

    private Task<IResponse?> GoAsync(IPage page, string path) => page.GotoAsync(new Uri(website.Server.Admin, path).ToString());

    private async Task<IPage> OpenAsync(string path, BrowserNewContextOptions options)
    {
        var page = await website.OpenAsync(new Uri(website.Server.Admin, path).ToString(), options);
        page.PageError += (_, error) => _errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _errors.Add(message.Text);
        };
        return page;
    }

    private async Task<IPage> SignInAsync(string path, BrowserNewContextOptions options)
    {
        var page = await OpenAsync("/", options);
        await page.GetByLabel("Admin token").FillAsync(website.Server.AdminToken);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#nav a").First).ToBeVisibleAsync();
        await GoAsync(page, path);
        return page;
    }

    private async Task<string> SignUpAsync(string name)
    {
        name = Website.NewName(name);
        using var client = new KreweClient(website.Server.Http);
        await client.SignUpAsync(name, Password);
        await client.SignInAsync(name, Password, "phone");
        return name;
    }
}
