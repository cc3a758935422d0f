using Krewe.Server.Storage;

namespace Krewe.Server.Clustering;

/// <summary>What Orleans' hosting package for Kubernetes needs around it: without it the package ends the start with less clear words.</summary>
internal static class Kubernetes
{
    private static readonly string[] Variables = ["POD_NAME", "POD_NAMESPACE", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

    public static IEnumerable<string> Missing(StorageProvider storage)
    {
        if (storage == StorageProvider.Embedded)
            yield return "Krewe:Cluster:Kubernetes: needs Krewe:Storage:Provider=postgres";
        foreach (var name in Variables.Where(name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))))
            yield return $"Krewe:Cluster:Kubernetes: the environment variable {name} is not set";
    }
}
