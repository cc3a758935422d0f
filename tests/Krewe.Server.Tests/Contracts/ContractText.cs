using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Krewe.Storage.Embedded;
using Krewe.Storage.Postgres;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Versions;
using Orleans.Services;

namespace Krewe.Server.Tests.Contracts;

/// <summary>What silos say to each other and to the store, as text: one section a type, an interface, a grain, a store; one line a member.</summary>
internal static class ContractText
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] Assemblies =
        [.. new[] { "Krewe.Core", "Krewe.Streams", "Krewe.Grains", "Krewe.Push", "Krewe.Gateway", "Krewe.Server", "Krewe.Storage.Postgres", "Krewe.Storage.Embedded" }.Select(Assembly.Load)];

    private static readonly Type[] Types = [.. Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => !IsGenerated(type))];

    public static IEnumerable<Type> Serialized => Types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null);

    public static IEnumerable<Type> Interfaces => Types.Where(type => type.IsInterface && (typeof(IGrain).IsAssignableFrom(type) || typeof(IGrainService).IsAssignableFrom(type)));

    public static IEnumerable<Type> Grains => Types.Where(type => type is { IsClass: true, IsAbstract: false } && typeof(Grain).IsAssignableFrom(type));

    public static string Current() => string.Join("\n\n", Sections().Order(StringComparer.Ordinal)) + "\n";

    /// <summary>What another version would know a type by.</summary>
    public static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    public static IEnumerable<(MemberInfo Member, Type Type, uint? Id)> Members(Type type)
    {
        if (type.IsEnum)
            yield break;
        foreach (var property in type.GetProperties(Own).Where(property => property.GetIndexParameters().Length == 0))
            yield return (property, property.PropertyType, property.GetCustomAttribute<IdAttribute>()?.Id);
        foreach (var field in type.GetFields(Own).Where(field => !field.Name.Contains('<', StringComparison.Ordinal)))
            yield return (field, field.FieldType, field.GetCustomAttribute<IdAttribute>()?.Id);
    }

    /// <summary>Ours that are part of something serialized, directly or in a list, and have no codec of their own.</summary>
    public static IEnumerable<Type> Missing => Serialized.SelectMany(type => Members(type).Where(member => member.Id is not null).Select(member => member.Type))
        .Concat(Interfaces.SelectMany(Methods).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)))
        .SelectMany(Parts).Where(type => type.Namespace?.StartsWith("Krewe.", StringComparison.Ordinal) is true).Distinct().Except(Serialized);

    /// <summary>The methods that can be called from another silo.</summary>
    public static IEnumerable<MethodInfo> Methods(Type type) => type.GetMethods(Own).Where(method => method.IsAbstract);

    private static IEnumerable<string> Sections() =>
    [
        .. Serialized.Select(Describe),
        .. Interfaces.Select(DescribeInterface),
        .. Grains.Select(DescribeGrain),
        Section("store postgres", typeof(PostgresStore).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => $"{name} {Hash(name)}")),
        Section("store embedded", [$"format {Constant(typeof(EmbeddedStore).Assembly, "Krewe.Storage.Embedded.Files.FormatFile", "Current")}"]),
    ];

    private static string Describe(Type type) => type.IsEnum
        ? Section($"enum {Name(type)}", Enum.GetNames(type).Select(name => $"{Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)} {name}"))
        : Section($"type {Name(type)}",
        [
            .. type.BaseType is { } above && above != typeof(object) && above != typeof(ValueType) ? [$"base {Name(above)}"] : Array.Empty<string>(),
            .. Members(type).Where(member => member.Id is not null).OrderBy(member => member.Id).Select(member => $"{member.Id} {Name(member.Type)} {member.Member.Name}"),
        ]);

    private static string DescribeInterface(Type type) => Section($"interface {Name(type)}",
    [
        $"version {type.GetCustomAttribute<Orleans.CodeGeneration.VersionAttribute>()?.Version ?? 0}",
        .. Methods(type).Select(method => $"{AliasOf(method)} ({string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)))}) -> {Name(method.ReturnType)}").Order(StringComparer.Ordinal),
    ]);

    private static string DescribeGrain(Type type) => Section($"grain {GrainTypeOf(type)}",
    [
        .. type.GetInterfaces().Where(Interfaces.Contains).Select(contract => $"serves {Name(contract)}").Order(StringComparer.Ordinal),
        .. type.GetCustomAttributes<PlacementFilterAttribute>().Select(filter => $"filter {filter.PlacementFilterStrategy.GetType().Name}").Order(StringComparer.Ordinal),
        .. type.GetConstructors(Own).SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => (parameter.ParameterType, State: parameter.GetCustomAttribute<PersistentStateAttribute>()))
            .Where(parameter => parameter.State is not null).Select(parameter => $"state {parameter.State!.StateName} {Name(parameter.ParameterType.GetGenericArguments()[0])}"),
    ]);

    public static string? GrainTypeOf(Type type) => type.GetCustomAttributesData().FirstOrDefault(data => data.AttributeType == typeof(GrainTypeAttribute))?.ConstructorArguments[0].Value as string;

    private static string Section(string head, IEnumerable<string> lines) => string.Join('\n', lines.Select(line => "  " + line).Prepend(head));

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        var name = AliasOf(definition) ?? definition.FullName!;
        name = name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    private static IEnumerable<Type> Parts(Type type) => type.IsGenericParameter ? []
        : type.IsArray ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
        : [type];

    private static bool IsGenerated(Type type) =>
        type.FullName!.StartsWith("OrleansCodeGen", StringComparison.Ordinal) || type.Name.Contains('<', StringComparison.Ordinal);

    private static string Hash(string resource)
    {
        using var stream = typeof(PostgresStore).Assembly.GetManifestResourceStream(resource)!;
        return Convert.ToHexStringLower(SHA256.HashData(stream))[..16];
    }

    private static object Constant(Assembly assembly, string type, string name) =>
        assembly.GetType(type, throwOnError: true)!.GetField(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(null)!;
}
