using Krewe.Server.Options;

namespace Krewe.Server.Admin;

/// <summary>The two small pages of the operator's listener.</summary>
internal static class AdminPages
{
    public const string Policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public static string Landing => Page($"""
        <h1>Krewe {CommandLine.Version}</h1>
        <ul>
          <li><a href="/dashboard/">Orleans dashboard</a>: grains, calls, silos</li>
          <li><a href="/metrics">Metrics</a> in the format of Prometheus</li>
          <li><a href="/health/ready">Ready</a> and <a href="/health/live">alive</a></li>
        </ul>
        <form method="post" action="/logout"><button>Sign out</button></form>
        """);

    public static string SignIn(string? trouble) => Page($"""
        <h1>Krewe</h1>
        <form method="post" action="/login">
          <label for="token">Admin token</label>
          <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
          <button>Sign in</button>
        </form>
        <p role="alert">{trouble}</p>
        <p>The server's start-up line says where the token is.</p>
        """);

    private static string Page(string body) => $$"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Krewe admin</title>
          <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
            body { max-width: 32rem; margin: 3rem auto; padding: 0 1rem }
            input, button { font: inherit; padding: .4rem .7rem }
            label { display: block }
          </style>
        </head>
        <body>
        {{body}}
        </body>
        </html>
        """;
}
