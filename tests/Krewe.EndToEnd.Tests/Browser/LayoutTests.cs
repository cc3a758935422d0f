using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>Small windows, and dark ones.</summary>
public sealed class LayoutTests(Website website) : IClassFixture<Website>
{
    private static readonly BrowserNewContextOptions Phone = new()
    {
        ViewportSize = new() { Width = 360, Height = 640 }, IsMobile = true, HasTouch = true, ColorScheme = ColorScheme.Dark,
    };

    [Fact]
    public async Task A_phone_shows_one_pane_at_a_time_and_goes_back()
    {
        var (romeo, juliet) = await website.NewCoupleAsync(Phone);
        await Expect(romeo.Page.Locator(".sidebar")).ToBeVisibleAsync();
        await AssertFitsAsync(romeo.Page);

        await romeo.Contact(juliet.Name).TapAsync();
        await Expect(romeo.Page.Locator(".sidebar")).ToBeHiddenAsync();
        await Expect(romeo.Composer).ToBeInViewportAsync();
        await romeo.WriteAsync(string.Concat(Enumerable.Repeat("Averyverylongwordwithoutanyspaceinit", 8)));
        await romeo.WriteAsync(string.Join('\n', Enumerable.Range(1, 40)));
        await Expect(romeo.Messages.Last.Locator(".meta")).ToBeInViewportAsync();
        await AssertFitsAsync(romeo.Page);

        await romeo.Page.GetByLabel("Back to conversations").TapAsync();
        await Expect(romeo.Page.Locator(".sidebar")).ToBeVisibleAsync();
        await Expect(romeo.Page.Locator("#conversation")).ToBeHiddenAsync();
        await romeo.Contact(juliet.Name).TapAsync();
        await romeo.Page.GoBackAsync();
        await Expect(romeo.Page.Locator(".sidebar")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_stands_out_from_its_ground(ColorScheme scheme)
    {
        var (romeo, juliet) = await website.NewCoupleAsync(new() { ColorScheme = scheme });
        await romeo.OpenConversationAsync(juliet.Name);
        await romeo.WriteAsync("Is this legible?");
        foreach (var element in new[] { ".body", ".meta", ".contact-preview", ".peer-standing", "#connection", "#composer" })
        {
            var contrast = await romeo.Page.Locator(element).First.EvaluateAsync<double>(Contrast);
            // WCAG 2.2, success criterion 1.4.3.
            Assert.True(contrast >= 4.5, $"{element} has a contrast of {contrast:F1} in {scheme}.");
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/transports")]
    public async Task No_page_is_wider_than_the_phone(string path)
    {
        await AssertFitsAsync(await website.OpenAsync(path, Phone));
    }

    private static async Task AssertFitsAsync(IPage page) => Assert.True(
        await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "The page scrolls sideways.");

    /// <summary>The contrast of an element's text with the first ground behind it that is not transparent.</summary>
    private const string Contrast =
        """
        (element) => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgb = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
          const luminance = ([r, g, b]) => [r, g, b]
            .map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
            .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
          let ground = element;
          while (rgb(getComputedStyle(ground).backgroundColor)[3] < 255 && ground.parentElement) ground = ground.parentElement;
          const [a, b] = [luminance(rgb(getComputedStyle(element).color)), luminance(rgb(getComputedStyle(ground).backgroundColor))];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        }
        """;
}
