using System.ComponentModel.DataAnnotations;

namespace Krewe.Server.Clustering;

/// <summary>This process as a member of the cluster, <c>Krewe:Cluster</c>.</summary>
internal sealed class SiloOptions
{
    /// <summary>The cluster's name: silos of another name are not talked to. Default: `krewe`.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,64}", ErrorMessage = "must be 1 to 64 letters, digits, dots, dashes or underscores")]
    public string Id { get; set; } = "krewe";

    /// <summary>Address and port where other silos reach this one. Default: a free port of 127.0.0.1, which is enough for silos of one machine.</summary>
    public string? SiloListen { get; set; }

    /// <summary>The IP address under which other silos know this one. Default: that of the listener.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>On Kubernetes: silos take their pods' names, and one whose pod is gone is declared dead at once. Needs PostgreSQL, the variables `POD_NAME` and `POD_NAMESPACE`,
    /// the pod's labels `orleans/clusterId` and `orleans/serviceId`, and a service account that may read pods, as in `deploy/kubernetes`. Default: false.</summary>
    public bool Kubernetes { get; set; }
}
