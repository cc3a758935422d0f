using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>Everything without a mouse.</summary>
public sealed class KeyboardTests(Website website) : IClassFixture<Website>
{
    [Fact]
    public async Task Somebody_without_a_mouse_signs_up_adds_writes_and_corrects()
    {
        var juliet = await website.NewPersonAsync("juliet");
        var nurse = await website.NewPersonAsync("nurse");
        var page = await website.OpenAsync();
        var romeo = new ChatPage(page, Website.NewName("romeo"));
        var keys = page.Keyboard;

        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();
        await TabToAsync(page, "Create an account");
        await keys.PressAsync("Enter");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();
        await keys.TypeAsync(romeo.Name);
        await keys.PressAsync("Tab");
        await keys.TypeAsync(ChatPage.Password);
        await keys.PressAsync("Enter");
        await romeo.ConnectedAsync();

        foreach (var name in new[] { nurse.Name, juliet.Name })
        {
            await TabToAsync(page, "Add someone by name");
            await keys.TypeAsync(name);
            await keys.PressAsync("Enter");
            await Expect(page.Locator("#peer-name")).ToHaveTextAsync(name);
            await Expect(romeo.Composer).ToBeFocusedAsync();
            await keys.PressAsync("Escape");
            await Expect(romeo.Contact(name)).ToBeFocusedAsync();
        }

        // Juliet accepts with the keyboard, too.
        await TabToAsync(juliet.Page, $"Accept {romeo.Name}");
        await juliet.Page.Keyboard.PressAsync("Enter");
        await Expect(romeo.PresenceOf(juliet.Name)).ToBeVisibleAsync();

        // Without a message yet, they stand in the order of their names.
        await Expect(romeo.Contact(juliet.Name)).ToBeFocusedAsync();
        await keys.PressAsync("ArrowDown");
        await Expect(romeo.Contact(nurse.Name)).ToBeFocusedAsync();
        await keys.PressAsync("Home");
        await Expect(romeo.Contact(juliet.Name)).ToBeFocusedAsync();
        await AssertFocusIsVisibleAsync(page);
        await keys.PressAsync("Enter");
        await Expect(romeo.Composer).ToBeFocusedAsync();

        await keys.TypeAsync("First line");
        await keys.PressAsync("Shift+Enter");
        await keys.TypeAsync("second line");
        await keys.PressAsync("Enter");
        await Expect(romeo.Bodies).ToHaveTextAsync(["First line\nsecond line"], new() { UseInnerText = true });
        await Expect(romeo.Messages.First.Locator(".mark")).ToHaveAttributeAsync("data-state", "delivered");

        await keys.PressAsync("ArrowUp");
        await Expect(page.GetByText("Editing your last message")).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(page.GetByText("Editing your last message")).ToBeHiddenAsync();
        await keys.PressAsync("ArrowUp");
        await keys.PressAsync("Control+A");
        await keys.TypeAsync("Only one line");
        await keys.PressAsync("Enter");
        await Expect(romeo.Bodies).ToHaveTextAsync(["Only one line"]);

        await TabToAsync(page, "More", backwards: true);
        await AssertFocusIsVisibleAsync(page);
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Block…" })).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Block…" })).ToBeHiddenAsync();
        await Expect(page.Locator("#conversation")).ToBeVisibleAsync();
        Assert.Empty(romeo.Errors);
    }

    [Fact]
    public async Task A_message_that_comes_is_announced_politely()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await romeo.OpenConversationAsync(juliet.Name);
        await romeo.WriteAsync("Can you hear me?");
        await Expect(juliet.Page.Locator("[aria-live=polite]")).ToContainTextAsync($"{romeo.Name}: Can you hear me?");
    }

    /// <summary>Presses Tab until the element with this name has the focus.</summary>
    private static async Task TabToAsync(IPage page, string name, bool backwards = false)
    {
        var target = page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true })
            .Or(page.GetByLabel(name, new() { Exact = true })).First;
        await target.WaitForAsync();
        for (var i = 0; i < 40; i++)
        {
            if (await IsFocusedAsync(target)) return;
            await page.Keyboard.PressAsync(backwards ? "Shift+Tab" : "Tab");
        }
        Assert.Fail($"Forty times Tab did not lead to '{name}'.");
    }

    private static Task<bool> IsFocusedAsync(ILocator locator) => locator.EvaluateAsync<bool>("element => element === document.activeElement");

    private static async Task AssertFocusIsVisibleAsync(IPage page) => Assert.NotEqual(
        "none", await page.EvaluateAsync<string>("() => getComputedStyle(document.activeElement).outlineStyle"));
}
