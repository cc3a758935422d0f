using Krewe.Server.Options;
using Krewe.Storage.Embedded;
using Krewe.Storage.Postgres;

namespace Krewe.Server.Storage;

/// <summary>The store that the configuration names.</summary>
internal static class StorageSetup
{
    public static void AddStorage(this WebApplicationBuilder builder, ServerSettings settings)
    {
        if (settings.Storage.Provider == StorageProvider.Postgres)
            builder.Services.AddKrewePostgresStorage(runsUsers: settings.Roles.IsCore);
        else
            builder.Services.AddKreweEmbeddedStorage();
    }
}
