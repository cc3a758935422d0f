using Microsoft.Playwright;

namespace Krewe.EndToEnd.Tests.Browser;

/// <summary>The browser of the tests: the system's Chromium, or the one that Playwright has installed.</summary>
internal static class Chromium
{
    private static readonly string[] Places =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = Environment.GetEnvironmentVariable("KREWE_TEST_CHROMIUM") ?? Places.FirstOrDefault(File.Exists),
        Args =
        [
            // In containers there is often no user namespace for the sandbox. The pages are our own.
            "--no-sandbox",
            "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync", "--disable-default-apps", "--disable-component-update",
        ],
    });
}
