using System.Net;
using Krewe.Server.Options;
using Krewe.Server.Storage;
using Krewe.Storage.Postgres;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Krewe.Server.Clustering;

/// <summary>Where silos learn of each other.</summary>
internal static class Membership
{
    public static void AddMembership(this ISiloBuilder silo, ServerSettings settings, IPEndPoint self)
    {
        if (settings.Storage.Provider == StorageProvider.Embedded)
        {
            // One silo needs no membership table outside itself.
            silo.UseDevelopmentClustering(self);
            return;
        }
        // The tables are the migrations' work, which run before the silo starts.
        silo.UseAdoNetClustering(options => options.Configure((AdoNetClusteringSiloOptions clustering, IOptions<PostgresStorageOptions> postgres) =>
            (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", PostgresStore.MembershipConnectionString(postgres.Value))));
        silo.UseAdoNetReminderService(options => options.Configure((AdoNetReminderTableOptions reminders, IOptions<PostgresStorageOptions> postgres) =>
            (reminders.Invariant, reminders.ConnectionString) = ("Npgsql", PostgresStore.MembershipConnectionString(postgres.Value))));
    }
}
