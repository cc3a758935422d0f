using Krewe.Server.Admin.Calls;
using Krewe.Server.Admin.Silos;
using Krewe.Server.Admin.Users;
using Krewe.Server.Admin.Web;
using Krewe.Server.Health;
using Krewe.Server.Listening;
using Krewe.Server.Options;
using Orleans.Dashboard;

namespace Krewe.Server.Admin;

/// <summary>What the operator's listener serves: health and metrics to anybody who reaches it, the rest behind the token.</summary>
internal static class AdminSetup
{
    private static readonly string[] Open = [HealthSetup.Live, HealthSetup.Ready, "/metrics", "/login"];

    public static void AddAdmin(this WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<AdminToken>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AdminToken>());
        builder.Services.AddSingleton<AdminSessions>();
        builder.Services.AddSingleton<Audit>();
        builder.Services.AddSingleton<NewPassword>();
    }

    /// <summary>A pipeline of its own: no endpoint of one listener can be reached by the other.</summary>
    public static void UseAdmin(this WebApplication app)
    {
        var admin = new ApplicationBuilder(app.Services);
        var pages = new ConsolePages();
        admin.Use(next => context => GuardAsync(context, next));
        admin.UseRouting();
        admin.UseEndpoints(endpoints =>
        {
            endpoints.MapHealth();
            endpoints.MapPrometheusScrapingEndpoint("/metrics");
            pages.Map(endpoints);
            endpoints.MapGet("/login", () => pages.SignIn(null));
            endpoints.MapPost("/login", context => SignInAsync(context, pages));
            endpoints.MapPost("/logout", (HttpContext context) =>
            {
                AdminSessions.SignOut(context);
                return Results.Redirect("/login");
            });
            endpoints.MapSilos();
            endpoints.MapSettings();
            endpoints.MapMessages();
            endpoints.MapBroadcasts();
            endpoints.MapUsers();
            if (app.Services.GetRequiredService<ServerSettings>().Roles.IsCore)
                endpoints.MapPush();
            endpoints.MapOrleansDashboard("/dashboard").ExcludeFromDescription();
        });
        var pipeline = admin.Build();
        app.Use(next => context => context.IsAdmin() ? pipeline(context) : next(context));
        // Explicitly and here: a web application that is not told otherwise routes first of all, and a clients' endpoint
        // that was chosen by then would be served to the operator's listener too.
        app.UseRouting();
    }

    private static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        // Under "no-referrer" browsers would send the forms of these pages with "Origin: null".
        headers["Referrer-Policy"] = "same-origin";
        // The dashboard brings scripts and styles of its own.
        if (!context.Request.Path.StartsWithSegments("/dashboard"))
            headers.ContentSecurityPolicy = ConsolePages.Policy;
        if (Open.Contains(context.Request.Path.Value) || context.Request.Path.StartsWithSegments(ConsolePages.Assets))
            return next(context);
        switch (context.RequestServices.GetRequiredService<AdminSessions>().Judge(context))
        {
            case AdminSessions.Verdict.Good:
                return next(context);
            case AdminSessions.Verdict.TooMany:
                return AdminProblem.TooManyAsync(context);
            case AdminSessions.Verdict.Foreign:
                return AdminProblem.ForeignAsync(context);
        }
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            context.Response.Redirect("/login");
            return Task.CompletedTask;
        }
        return AdminProblem.UnauthorizedAsync(context);
    }

    private static async Task SignInAsync(HttpContext context, ConsolePages pages) => await (await SignedInAsync(context, pages)).ExecuteAsync(context);

    private static async Task<IResult> SignedInAsync(HttpContext context, ConsolePages pages)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > 4096)
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var sessions = context.RequestServices.GetRequiredService<AdminSessions>();
        switch (sessions.Try(form["token"]))
        {
            case AdminSessions.Verdict.Good:
                sessions.SignIn(context);
                return Results.Redirect("/");
            case AdminSessions.Verdict.TooMany:
                AdminProblem.Throttle(context);
                return pages.SignIn("Too many mistakes: try again in a second.", StatusCodes.Status429TooManyRequests);
            default:
                AdminProblem.Challenge(context);
                return pages.SignIn("That is not the token.", StatusCodes.Status401Unauthorized);
        }
    }
}
