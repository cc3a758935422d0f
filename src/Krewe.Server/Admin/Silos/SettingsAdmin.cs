using Krewe.Server.Admin.Calls;
using Krewe.Server.Options;

namespace Krewe.Server.Admin.Silos;

/// <summary>The settings in force on every silo, and where they differ.</summary>
internal static class SettingsAdmin
{
    public static void MapSettings(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/admin/v1/settings", (Delegate)SettingsAsync);

    private static Task<IResult> SettingsAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (AdminRequest.Unknown(context) is { } unknown)
            return AdminReply.Of(unknown);
        var view = context.RequestServices.GetRequiredService<ClusterView>();
        var answers = await view.AskAsync(view.Alive, silo => silo.SettingsAsync());
        var rows = answers.Where(answer => answer.Answer is not null)
            .SelectMany(answer => answer.Answer!.All.Select(setting => (Silo: ClusterView.Name(answer.Silo), Setting: setting)))
            .GroupBy(row => row.Setting.Key).OrderBy(rows => rows.Key, StringComparer.Ordinal);
        return AdminReply.Json(new
        {
            Settings = rows.Select(Row),
            Silent = answers.Where(answer => answer.Answer is null).Select(answer => ClusterView.Name(answer.Silo)),
        });
    });

    private static object Row(IGrouping<string, (string Silo, Setting Setting)> rows)
    {
        var differs = rows.Select(row => row.Setting.Value).Distinct().Skip(1).Any();
        return new
        {
            rows.Key,
            Value = differs ? null : rows.First().Setting.Value,
            Standard = rows.All(row => row.Setting.Standard),
            Differs = differs,
            BySilo = differs ? rows.ToDictionary(row => row.Silo, row => row.Setting.Value) : null,
        };
    }
}
