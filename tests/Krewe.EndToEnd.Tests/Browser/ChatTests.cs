using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>Two people chat through the real pages.</summary>
public sealed class ChatTests(Website website) : IClassFixture<Website>
{
    [Fact]
    public async Task Two_people_meet_and_talk()
    {
        var romeo = await website.NewPersonAsync("romeo");
        var juliet = await website.NewPersonAsync("juliet");

        await romeo.AddAsync(juliet.Name);
        await Expect(romeo.Standing).ToHaveTextAsync("has not answered your request yet");
        await juliet.AcceptAsync(romeo.Name);
        await Expect(romeo.Standing).ToHaveTextAsync("available");
        await Expect(juliet.PresenceOf(romeo.Name)).ToHaveAttributeAsync("data-show", "available");
        await Expect(romeo.Page.Locator("#requests")).ToBeHiddenAsync();

        await romeo.Composer.PressSequentiallyAsync("But soft");
        await Expect(juliet.Contact(romeo.Name)).ToContainTextAsync("typing…");
        await romeo.WriteAsync("But soft, what light?");
        await Expect(juliet.Unread(romeo.Name)).ToHaveTextAsync("1");
        await Expect(juliet.Page).ToHaveTitleAsync("(1) Krewe");
        await romeo.MarkedAsync("But soft, what light?", "delivered");

        await juliet.OpenConversationAsync(romeo.Name);
        await Expect(juliet.Message("But soft, what light?")).ToBeVisibleAsync();
        await Expect(juliet.Page.Locator(".new-line")).ToBeVisibleAsync();
        await romeo.MarkedAsync("But soft, what light?", "read");
        await Expect(juliet.Unread(romeo.Name)).ToBeEmptyAsync();

        await juliet.Composer.PressSequentiallyAsync("O");
        await Expect(romeo.Standing).ToHaveTextAsync("typing…");
        await juliet.WriteAsync("O Romeo");
        await Expect(romeo.Standing).ToHaveTextAsync("available");
        await juliet.MarkedAsync("O Romeo", "read");
        await romeo.WriteAsync("I am here");
        await juliet.WriteAsync("Good night");

        string[] said = ["But soft, what light?", "O Romeo", "I am here", "Good night"];
        await Expect(romeo.Bodies).ToHaveTextAsync(said);
        await Expect(juliet.Bodies).ToHaveTextAsync(said);
        Assert.Empty(romeo.Errors);
        Assert.Empty(juliet.Errors);
    }

    [Fact]
    public async Task Presence_follows_what_one_chooses_and_the_closing_of_the_last_tab()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await juliet.Page.GetByLabel("Your presence").SelectOptionAsync("dnd");
        await Expect(romeo.PresenceOf(juliet.Name)).ToHaveAttributeAsync("data-show", "dnd");
        await juliet.Page.GetByLabel("Your presence").SelectOptionAsync("offline");
        await Expect(romeo.PresenceOf(juliet.Name)).ToHaveAttributeAsync("data-show", "offline");
        await juliet.Page.ReloadAsync();
        await Expect(juliet.Page.GetByLabel("Your presence")).ToHaveValueAsync("offline");
        await juliet.Page.GetByLabel("Your presence").SelectOptionAsync("available");
        await Expect(romeo.PresenceOf(juliet.Name)).ToHaveAttributeAsync("data-show", "available");
        await juliet.Page.Context.CloseAsync();
        await Expect(romeo.PresenceOf(juliet.Name)).ToHaveAttributeAsync("data-show", "offline");
    }

    [Fact]
    public async Task The_last_message_can_be_corrected()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await romeo.OpenConversationAsync(juliet.Name);
        await juliet.OpenConversationAsync(romeo.Name);
        await romeo.WriteAsync("It is the west");
        await romeo.MarkedAsync("It is the west", "read");

        await romeo.Composer.PressAsync("ArrowUp");
        await Expect(romeo.Composer).ToHaveValueAsync("It is the west");
        await romeo.Composer.FillAsync("It is the east");
        await romeo.Composer.PressAsync("Enter");

        await Expect(juliet.Bodies).ToHaveTextAsync(["It is the east"]);
        await Expect(juliet.Message("It is the east").Locator(".edited")).ToBeVisibleAsync();
        await romeo.MarkedAsync("It is the east", "read");
        await romeo.Message("It is the east").HoverAsync();
        await romeo.Page.GetByRole(AriaRole.Button, new() { Name = "Edit your last message" }).ClickAsync();
        await romeo.Composer.FillAsync("Juliet is the sun");
        await romeo.Composer.PressAsync("Enter");
        await Expect(juliet.Bodies).ToHaveTextAsync(["Juliet is the sun"]);
        await juliet.Page.ReloadAsync();
        await Expect(juliet.Bodies).ToHaveTextAsync(["Juliet is the sun"]);
    }

    [Fact]
    public async Task Text_is_text_whatever_it_looks_like()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        const string text = "<img src=x onerror=\"alert(1)\"> & <b>bold</b>\nsecond line";
        await romeo.OpenConversationAsync(juliet.Name);
        await juliet.OpenConversationAsync(romeo.Name);
        await romeo.WriteAsync(text);
        await Expect(juliet.Messages).ToHaveCountAsync(1);
        Assert.Equal(text, await juliet.Bodies.First.EvaluateAsync<string>("element => element.textContent"));
        await Expect(juliet.Page.Locator(".message img, .message b")).ToHaveCountAsync(0);
        Assert.Empty(juliet.Errors);
    }

    [Fact]
    public async Task Tabs_are_in_step()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        var other = await juliet.NewTabAsync();
        await romeo.OpenConversationAsync(juliet.Name);

        await romeo.WriteAsync("Hear me");
        await Expect(juliet.Unread(romeo.Name)).ToHaveTextAsync("1");
        await Expect(other.Unread(romeo.Name)).ToHaveTextAsync("1");

        await other.OpenConversationAsync(romeo.Name);
        await Expect(juliet.Unread(romeo.Name)).ToBeEmptyAsync();
        await other.WriteAsync("I hear you");
        await juliet.OpenConversationAsync(romeo.Name);
        await Expect(juliet.Bodies).ToHaveTextAsync(["Hear me", "I hear you"]);
        await juliet.MarkedAsync("I hear you", "read");
        await other.MarkedAsync("I hear you", "read");

        await juliet.Page.GetByLabel("Your presence").SelectOptionAsync("away");
        await Expect(other.Page.GetByLabel("Your presence")).ToHaveValueAsync("away");
        Assert.Empty(other.Errors);
    }

    [Fact]
    public async Task A_reload_shows_the_same_marks_draft_and_unread()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await romeo.OpenConversationAsync(juliet.Name);
        await romeo.WriteAsync("Read this");
        await juliet.OpenConversationAsync(romeo.Name);
        await romeo.MarkedAsync("Read this", "read");
        await juliet.LeaveConversationAsync();
        await romeo.WriteAsync("And this later");
        await romeo.MarkedAsync("And this later", "delivered");
        await romeo.Composer.FillAsync("Half a thought");

        await romeo.Page.ReloadAsync();
        await romeo.MarkedAsync("Read this", "read");
        await romeo.MarkedAsync("And this later", "delivered");
        await Expect(romeo.Composer).ToHaveValueAsync("Half a thought");

        await juliet.Page.ReloadAsync();
        await Expect(juliet.Unread(romeo.Name)).ToHaveTextAsync("1");
        await juliet.OpenConversationAsync(romeo.Name);
        await Expect(juliet.Page.Locator(".new-line")).ToBeVisibleAsync();
        await romeo.MarkedAsync("And this later", "read");
    }

    [Fact]
    public async Task Reading_one_conversation_does_not_mark_another_as_read()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        var nurse = await website.NewPersonAsync("nurse");
        await nurse.AddAsync(juliet.Name);
        await juliet.AcceptAsync(nurse.Name);
        await nurse.WriteAsync("Madam!");
        await nurse.MarkedAsync("Madam!", "delivered");
        await romeo.OpenConversationAsync(juliet.Name);
        await romeo.WriteAsync("Lady");
        await juliet.OpenConversationAsync(romeo.Name);
        await juliet.WriteAsync("Yes");
        await Expect(romeo.Message("Yes")).ToBeVisibleAsync();
        await Expect(nurse.Mark("Madam!")).ToHaveAttributeAsync("data-state", "delivered");

        await juliet.OpenConversationAsync(nurse.Name);
        await nurse.MarkedAsync("Madam!", "read");
        await romeo.MarkedAsync("Lady", "read");
    }

    [Fact]
    public async Task Older_messages_come_when_one_scrolls_up()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        var sent = Enumerable.Range(1, 130).Select(number => $"Line {number}").ToArray();
        await romeo.Page.EvaluateAsync(
            """
            async ([to, lines]) => {
              const { token } = JSON.parse(localStorage.getItem(Object.keys(localStorage).find((key) => key.startsWith('krewe.session.'))));
              const { KreweApi, newId } = await import('/assets/shared/krewe.js');
              for (const body of lines) await new KreweApi(token).send({ to, id: newId(), body });
            }
            """,
            new object[] { juliet.Name, sent });
        // A window into the mailbox that is smaller than the conversation.
        await juliet.Page.RouteAsync("**/assets/chat/chat.js", async route =>
        {
            var response = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = response, Body = (await response.TextAsync()).Replace("const WINDOW = 1_000", "const WINDOW = 20", StringComparison.Ordinal) });
        });
        await juliet.Page.ReloadAsync();
        await juliet.OpenConversationAsync(romeo.Name);
        await Expect(juliet.Bodies.Last).ToHaveTextAsync("Line 130");
        Assert.True(await juliet.Bodies.CountAsync() < 130);
        await juliet.Page.WaitForFunctionAsync(
            """
            () => {
              document.querySelector('.scroller').scrollTop = 0;
              return document.querySelectorAll('.message').length === 130;
            }
            """);
        await Expect(juliet.Bodies).ToHaveTextAsync(sent);
    }

    [Fact]
    public async Task A_refused_message_says_so_and_can_be_discarded()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await juliet.OpenConversationAsync(romeo.Name);
        await juliet.Page.GetByLabel("More").ClickAsync();
        await juliet.Page.GetByRole(AriaRole.Button, new() { Name = "Block…" }).ClickAsync();
        await juliet.Page.GetByRole(AriaRole.Button, new() { Name = "Block", Exact = true }).ClickAsync();
        await Expect(juliet.Contact(romeo.Name)).ToHaveCountAsync(0);

        await romeo.OpenConversationAsync(juliet.Name);
        await romeo.WriteAsync("Why?");
        await romeo.MarkedAsync("Why?", "failed");
        await Expect(romeo.Message("Why?")).ToContainTextAsync("do not take messages from you");

        await juliet.Page.Locator("#account").ClickAsync();
        await juliet.Page.GetByRole(AriaRole.Button, new() { Name = $"Unblock {romeo.Name}" }).ClickAsync();
        await romeo.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await romeo.MarkedAsync("Why?", "delivered");
        await Expect(juliet.Unread(romeo.Name)).ToHaveTextAsync("1");
    }

    [Fact]
    public async Task An_unblocking_in_one_tab_is_noticed_by_the_other()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await juliet.OpenConversationAsync(romeo.Name);
        await juliet.Page.GetByLabel("More").ClickAsync();
        await juliet.Page.GetByRole(AriaRole.Button, new() { Name = "Block…" }).ClickAsync();
        await juliet.Page.GetByRole(AriaRole.Button, new() { Name = "Block", Exact = true }).ClickAsync();
        await Expect(juliet.Contact(romeo.Name)).ToHaveCountAsync(0);
        var other = await juliet.NewTabAsync();
        await juliet.Page.Locator("#account").ClickAsync();
        await juliet.Page.GetByRole(AriaRole.Button, new() { Name = $"Unblock {romeo.Name}" }).ClickAsync();
        await Expect(juliet.Contact(romeo.Name)).ToHaveCountAsync(1);

        await romeo.OpenConversationAsync(juliet.Name);
        await romeo.WriteAsync("Again?");
        await Expect(other.Unread(romeo.Name)).ToHaveTextAsync("1");
        await romeo.MarkedAsync("Again?", "delivered");
    }

    [Fact]
    public async Task A_removed_contact_is_gone_for_both()
    {
        var (romeo, juliet) = await website.NewCoupleAsync();
        await juliet.OpenConversationAsync(romeo.Name);
        await juliet.Page.GetByLabel("More").ClickAsync();
        await juliet.Page.GetByRole(AriaRole.Button, new() { Name = "Remove from contacts…" }).ClickAsync();
        await juliet.Page.GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await Expect(juliet.Contact(romeo.Name)).ToHaveCountAsync(0);
        await Expect(romeo.PresenceOf(juliet.Name)).ToBeHiddenAsync();
    }
}
