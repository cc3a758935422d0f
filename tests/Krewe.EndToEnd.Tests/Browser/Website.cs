using Krewe.ProcessHarness;
using Microsoft.Playwright;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>A server of its own and a browser, for one class of tests.</summary>
public sealed class Website : IAsyncLifetime
{
    private static int _people;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public KreweProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(30_000);
        Server = await KreweProcess.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>kill -9, and a new process on the same data and port.</summary>
    public async Task RestartServerAsync()
    {
        var killed = Server;
        Server = await killed.RestartAsync();
    }

    /// <summary>A window of a browser that nobody has used before.</summary>
    public async Task<IPage> OpenAsync(string path = "/", BrowserNewContextOptions? options = null)
    {
        var context = await _browser.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(Server.Http, path).ToString());
        return page;
    }

    /// <summary>Somebody new, signed up and connected.</summary>
    public async Task<ChatPage> NewPersonAsync(string name, BrowserNewContextOptions? options = null)
    {
        var page = new ChatPage(await OpenAsync("/", options), NewName(name));
        await page.SignUpAsync();
        return page;
    }

    /// <summary>Two people who are one another's contacts, both with the conversation closed.</summary>
    public async Task<(ChatPage Romeo, ChatPage Juliet)> NewCoupleAsync(BrowserNewContextOptions? romeosOptions = null)
    {
        var romeo = await NewPersonAsync("romeo", romeosOptions);
        var juliet = await NewPersonAsync("juliet");
        await romeo.AddAsync(juliet.Name);
        await juliet.AcceptAsync(romeo.Name);
        await Assertions.Expect(romeo.Standing).ToHaveTextAsync("available");
        await romeo.LeaveConversationAsync();
        return (romeo, juliet);
    }

    public static string NewName(string name) => $"{name}{Interlocked.Increment(ref _people)}";
}
