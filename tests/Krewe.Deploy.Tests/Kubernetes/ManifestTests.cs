using System.Globalization;
using k8s;
using k8s.Models;
using Krewe.Server.Options;
using YamlDotNet.RepresentationModel;

namespace Krewe.Deploy.Tests.Kubernetes;

/// <summary>The manifests, read with Kubernetes' own types: an unknown or misplaced field does not pass.</summary>
public sealed class ManifestTests
{
    private static readonly string Folder = Tool.File("deploy", "kubernetes");

    // Kinds of the Prometheus operator and of kustomize itself, which the types do not have.
    private static readonly string[] Foreign = ["podmonitor.yaml", "kustomization.yaml"];

    private static readonly Dictionary<string, Type> Kinds = new()
    {
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount), ["v1/Service"] = typeof(V1Service), ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["rbac.authorization.k8s.io/v1/Role"] = typeof(V1Role), ["rbac.authorization.k8s.io/v1/RoleBinding"] = typeof(V1RoleBinding),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy), ["networking.k8s.io/v1/Ingress"] = typeof(V1Ingress),
        ["autoscaling/v2/HorizontalPodAutoscaler"] = typeof(V2HorizontalPodAutoscaler), ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
    };

    public static TheoryData<string> Roles => ["core", "gateway"];

    [Fact]
    public void Every_manifest_is_of_its_kind_and_every_file_is_listed()
    {
        var objects = Objects();

        Assert.Equal(["Deployment", "Deployment", "HorizontalPodAutoscaler", "Ingress", "NetworkPolicy", "NetworkPolicy", "PodDisruptionBudget", "PodDisruptionBudget", "Role", "RoleBinding", "Service", "ServiceAccount"],
            objects.Select(item => item.Kind).Order(StringComparer.Ordinal));
        var listed = ((YamlSequenceNode)Yaml(Path.Combine(Folder, "base", "kustomization.yaml"))["resources"]).Select(node => node.ToString());
        Assert.Equal(Directory.EnumerateFiles(Path.Combine(Folder, "base")).Select(Path.GetFileName).Except(["kustomization.yaml"]).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Roles))]
    public void A_pod_has_time_to_drain(string role)
    {
        var settings = Settings();
        var drain = TimeSpan.Parse(settings["Krewe__Cluster__DrainDelay"], CultureInfo.InvariantCulture) + TimeSpan.Parse(settings["Krewe__Cluster__DrainTimeout"], CultureInfo.InvariantCulture) + TimeSpan.FromSeconds(6);

        Assert.True(Pod(role).Spec.TerminationGracePeriodSeconds > drain.TotalSeconds + 5, $"A stop may take {drain}.");
        // Longer than endpoints take to learn that the pod is not ready.
        Assert.True(Pod(role).Spec.Containers[0].ReadinessProbe is { PeriodSeconds: <= 2, FailureThreshold: 1, HttpGet: { Path: "/health/ready", Port.Value: "admin" } });
        Assert.True(Pod(role).Spec.Containers[0].LivenessProbe is { HttpGet: { Path: "/health/live", Port.Value: "admin" } });
    }

    [Theory, MemberData(nameof(Roles))]
    public void A_pod_has_no_rights_that_it_does_not_need(string role)
    {
        var spec = Pod(role).Spec;
        var container = Assert.Single(spec.Containers);

        Assert.True(spec.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 0, SeccompProfile.Type: "RuntimeDefault" });
        Assert.True(container.SecurityContext is { ReadOnlyRootFilesystem: true, AllowPrivilegeEscalation: false });
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        var rule = Assert.Single(Objects().OfType<V1Role>().Single().Rules);
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(["get", "list", "watch"], rule.Verbs);
    }

    [Theory, MemberData(nameof(Roles))]
    public void Orleans_finds_its_labels_and_variables(string role)
    {
        var pod = Pod(role);
        var environment = pod.Spec.Containers[0].Env.ToDictionary(variable => variable.Name);

        Assert.Equal(pod.Metadata.Labels["orleans/clusterId"], pod.Metadata.Labels["orleans/serviceId"]);
        Assert.Equal("metadata.labels['orleans/clusterId']", environment["Krewe__Cluster__Id"].ValueFrom.FieldRef.FieldPath);
        Assert.Equal("metadata.name", environment["POD_NAME"].ValueFrom.FieldRef.FieldPath);
        Assert.Equal("metadata.namespace", environment["POD_NAMESPACE"].ValueFrom.FieldRef.FieldPath);
        Assert.Equal("status.podIP", environment["Krewe__Cluster__AdvertisedAddress"].ValueFrom.FieldRef.FieldPath);
        Assert.Equal(role, environment["Krewe__Roles"].Value);
        Assert.Equal("true", Settings()["Krewe__Cluster__Kubernetes"]);
    }

    [Theory, MemberData(nameof(Roles))]
    public void Every_variable_is_a_key_of_the_server(string role)
    {
        var names = Pod(role).Spec.Containers[0].Env.Select(variable => variable.Name).Concat(Settings().Keys).Concat(Settings("example").Keys);

        Assert.DoesNotContain(names, name => name.StartsWith("Krewe__", StringComparison.Ordinal) && OptionsTable.Find(name.Replace("__", ":", StringComparison.Ordinal)) is null);
    }

    [Theory, MemberData(nameof(Roles))]
    public void Selectors_find_what_they_mean(string role)
    {
        var deployment = Deployment(role);
        var labels = deployment.Spec.Template.Metadata.Labels;
        var ports = deployment.Spec.Template.Spec.Containers[0].Ports.Select(port => port.Name).ToList();

        Assert.All(deployment.Spec.Selector.MatchLabels, pair => Assert.Equal(pair.Value, labels[pair.Key]));
        Assert.All(deployment.Spec.Template.Spec.TopologySpreadConstraints, constraint => Assert.Equal(deployment.Spec.Selector.MatchLabels, constraint.LabelSelector.MatchLabels));
        Assert.Contains(Objects().OfType<V1PodDisruptionBudget>(), budget => budget.Spec.Selector.MatchLabels.SequenceEqual(deployment.Spec.Selector.MatchLabels));
        var policies = Objects().OfType<V1NetworkPolicy>().Where(policy => policy.Spec.PodSelector.MatchLabels.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value));
        Assert.Equal(ports.Order(StringComparer.Ordinal), policies.SelectMany(policy => policy.Spec.Ingress).SelectMany(rule => rule.Ports).Select(port => port.Port.Value).Order(StringComparer.Ordinal));
        Assert.All(Objects().OfType<V2HorizontalPodAutoscaler>(), scaler => Assert.Null(Deployment(scaler.Spec.ScaleTargetRef.Name["krewe-".Length..]).Spec.Replicas));
        Assert.All(Objects().OfType<V1Service>(), service => Assert.Null(service.Spec.SessionAffinity));
    }

    private static V1Deployment Deployment(string role) => Objects().OfType<V1Deployment>().Single(item => item.Metadata.Name == $"krewe-{role}");

    private static V1PodTemplateSpec Pod(string role) => Deployment(role).Spec.Template;

    private static List<IKubernetesObject> Objects() =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Where(file => !Foreign.Contains(Path.GetFileName(file)))
            .SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), Kinds, strict: true)).Cast<IKubernetesObject>()];

    private static Dictionary<string, string> Settings(string overlay = "base") =>
        (from map in (YamlSequenceNode)Yaml(Path.Combine(Folder, overlay, "kustomization.yaml"))["configMapGenerator"]
         from literal in (YamlSequenceNode)map["literals"]
         select literal.ToString().Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private static YamlNode Yaml(string path)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(path);
        yaml.Load(reader);
        return yaml.Documents[0].RootNode;
    }
}
