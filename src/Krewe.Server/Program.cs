using Krewe.Gateway;
using Krewe.Grains;
using Krewe.Server.Admin;
using Krewe.Server.Clustering;
using Krewe.Server.Health;
using Krewe.Server.Lifetime;
using Krewe.Server.Listening;
using Krewe.Server.Options;
using Krewe.Server.Storage;
using Krewe.Server.Telemetry;

if (CommandLine.Answers(args))
    return 0;

return await ServerProcess.RunAsync(async signals =>
{
    var line = CommandLine.Read(args);
    var builder = ServerProcess.CreateBuilder(line);
    var settings = builder.AddSettings(line);
    builder.AddLogs();
    builder.AddStorage(settings);
    builder.AddSilo(settings);
    builder.AddListeners(settings);
    if (settings.Roles.IsGateway)
        builder.Services.AddKreweGateway();
    builder.AddAdmin(settings);
    builder.AddHealth(settings);
    builder.AddTelemetry();
    builder.Services.AddKreweDrainAtStop();

    await using var app = builder.Build();
    app.UseTelemetry();
    app.UseAdmin();
    if (settings.Roles.IsGateway)
    {
        app.UseKreweGateway();
        app.MapKreweGateway();
    }
    await app.RunServerAsync(settings, signals);
});
