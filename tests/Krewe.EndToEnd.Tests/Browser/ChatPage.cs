using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>The chat as somebody sees and uses it.</summary>
public sealed class ChatPage
{
    public const string Password = "correct horse battery staple";

    private readonly List<string> _errors = [];

    public ChatPage(IPage page, string name)
    {
        (Page, Name) = (page, name);
        page.PageError += (_, error) => _errors.Add(error);
        page.Console += (_, message) =>
        {
            // A refused or failed request is reported by the browser itself, and the tests provoke some.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
                && !message.Text.StartsWith("WebSocket connection to", StringComparison.Ordinal))
                _errors.Add(message.Text);
        };
    }

    public IPage Page { get; }

    public string Name { get; }

    /// <summary>What went wrong in the page's scripts, or against its security policy.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public ILocator Connection => Page.Locator("#connection");

    public ILocator Standing => Page.Locator(".peer-standing");

    public ILocator Composer => Page.Locator("#composer");

    /// <summary>The messages of the open conversation.</summary>
    public ILocator Messages => Page.Locator(".message");

    public ILocator Bodies => Page.Locator(".message .body");

    public ILocator Message(string text) => Page.Locator(".message").Filter(new() { Has = Page.GetByText(text, new() { Exact = true }) });

    public ILocator Mark(string text) => Message(text).Locator(".mark");

    public ILocator Contact(string name) => Page.Locator(".contact").Filter(new() { Has = Page.GetByText(name, new() { Exact = true }) });

    public ILocator Unread(string name) => Contact(name).Locator(".unread");

    public ILocator PresenceOf(string name) => Contact(name).Locator(".presence-dot");

    public async Task SignUpAsync()
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create an account" }).ClickAsync();
        await Page.GetByLabel("Name", new() { Exact = true }).FillAsync(Name);
        await Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        // In a tab that was somebody else's, the line about the connection may be that one's still.
        await Expect(Page.Locator(".me-name")).ToHaveTextAsync(Name);
        await ConnectedAsync();
    }

    public async Task SignInAsync(string password = Password)
    {
        await Page.GetByLabel("Name", new() { Exact = true }).FillAsync(Name);
        await Page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    public Task ConnectedAsync() => Expect(Connection).ToHaveAttributeAsync("data-state", "open");

    public async Task AddAsync(string name)
    {
        await Page.GetByLabel("Add someone by name").FillAsync(name);
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Page.Locator("#peer-name")).ToHaveTextAsync(name);
    }

    public Task AcceptAsync(string name) => Page.Locator("#requests").GetByRole(AriaRole.Button, new() { Name = $"Accept {name}" }).ClickAsync();

    public async Task OpenConversationAsync(string name)
    {
        await Contact(name).ClickAsync();
        await Expect(Page.Locator("#peer-name")).ToHaveTextAsync(name);
    }

    public async Task LeaveConversationAsync()
    {
        await Composer.PressAsync("Escape");
        await Expect(Page.Locator("#conversation")).ToBeHiddenAsync();
    }

    public async Task WriteAsync(string text)
    {
        await Composer.FillAsync(text);
        await Composer.PressAsync("Enter");
        await Expect(Composer).ToHaveValueAsync("");
    }

    /// <summary>One's own message has come so far: sending, sent, delivered, read, failed.</summary>
    public Task MarkedAsync(string text, string state) => Expect(Mark(text)).ToHaveAttributeAsync("data-state", state);

    /// <summary>Another tab of the same browser.</summary>
    public async Task<ChatPage> NewTabAsync()
    {
        var tab = new ChatPage(await Page.Context.NewPageAsync(), Name);
        await tab.Page.GotoAsync(Page.Url);
        await tab.ConnectedAsync();
        return tab;
    }
}
