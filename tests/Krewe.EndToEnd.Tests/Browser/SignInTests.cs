using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>Coming and going.</summary>
public sealed class SignInTests(Website website) : IClassFixture<Website>
{
    [Fact]
    public async Task What_is_wrong_is_said_in_words()
    {
        var page = new ChatPage(await website.OpenAsync(), Website.NewName("tybalt"));
        var error = page.Page.GetByRole(AriaRole.Alert).First;
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(error).ToHaveTextAsync("Please give a name.");
        await page.SignInAsync("wrong");
        await Expect(error).ToHaveTextAsync("The name or the password is wrong.");

        var taken = await website.NewPersonAsync("tybalt");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Create an account" }).ClickAsync();
        await page.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(taken.Name);
        await page.Page.GetByLabel("Password", new() { Exact = true }).FillAsync("anything at all");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await Expect(error).ToHaveTextAsync("This name is taken. Please choose another one.");
    }

    [Fact]
    public async Task Somebody_unknown_cannot_be_added()
    {
        var romeo = await website.NewPersonAsync("romeo");
        await romeo.Page.GetByLabel("Add someone by name").FillAsync("rosaline");
        await romeo.Page.Keyboard.PressAsync("Enter");
        await Expect(romeo.Page.Locator("#add-error")).ToHaveTextAsync("There is nobody called rosaline here.");
    }

    [Fact]
    public async Task Signing_out_ends_all_tabs_and_signing_in_brings_everything_back()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await romeo.OpenConversationAsync(juliet.Name);
        await romeo.WriteAsync("Farewell");
        await romeo.MarkedAsync("Farewell", "delivered");
        var other = await romeo.NewTabAsync();

        await romeo.Page.Locator("#account").ClickAsync();
        await romeo.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(romeo.Page.GetByText("You are signed out.")).ToBeVisibleAsync();
        await Expect(other.Page.GetByText("You are signed out.")).ToBeVisibleAsync();
        await Expect(juliet.PresenceOf(romeo.Name)).ToHaveAttributeAsync("data-show", "offline");

        await romeo.SignInAsync();
        await romeo.OpenConversationAsync(juliet.Name);
        await romeo.MarkedAsync("Farewell", "delivered");
    }

    [Fact]
    public async Task Two_tabs_of_one_browser_can_be_two_people()
    {
        var romeo = await website.NewPersonAsync("romeo");
        var tab = await romeo.NewTabAsync();
        await tab.Page.Locator("#account").ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use another account in this tab" }).ClickAsync();
        var juliet = new ChatPage(tab.Page, Website.NewName("juliet"));
        await juliet.SignUpAsync();

        await romeo.AddAsync(juliet.Name);
        await juliet.AcceptAsync(romeo.Name);
        await romeo.WriteAsync("Is that you?");
        await juliet.Page.ReloadAsync();
        await Expect(juliet.Page.Locator(".me-name")).ToHaveTextAsync(juliet.Name);
        await juliet.OpenConversationAsync(romeo.Name);
        await Expect(juliet.Bodies).ToHaveTextAsync(["Is that you?"]);
        await romeo.Page.ReloadAsync();
        await Expect(romeo.Page.Locator(".me-name")).ToHaveTextAsync(romeo.Name);
    }

    [Fact]
    public async Task A_deleted_account_is_gone()
    {
        var romeo = await website.NewPersonAsync("romeo");
        await romeo.Page.Locator("#account").ClickAsync();
        await romeo.Page.GetByRole(AriaRole.Button, new() { Name = "Delete account…" }).ClickAsync();
        await romeo.Page.GetByRole(AriaRole.Button, new() { Name = "Delete for ever" }).ClickAsync();
        await Expect(romeo.Page.GetByText("You are signed out.")).ToBeVisibleAsync();
        await romeo.SignInAsync();
        await Expect(romeo.Page.GetByText("The name or the password is wrong.")).ToBeVisibleAsync();
    }
}
