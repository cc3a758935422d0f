using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Options;

/// <summary>An options class and the section that it is bound to. Several classes may share a section.</summary>
internal abstract class OptionsSection(string path, Type type)
{
    public string Path { get; } = path;

    public Type Type { get; } = type;

    public IReadOnlyList<OptionKey> Keys { get; } = [.. KeysOf(path, type)];

    /// <summary>Makes an instance from a configuration whose values are known to convert.</summary>
    public abstract object Read(IConfiguration configuration);

    /// <summary>The instance that is in force.</summary>
    public abstract object Current(IServiceProvider services);

    /// <summary>An instance that nobody has configured.</summary>
    public abstract object Standard();

    /// <summary>Offers the class to the parts by <c>IOptions</c>.</summary>
    public abstract void Register(IServiceCollection services, IConfiguration configuration);

    private static IEnumerable<OptionKey> KeysOf(string path, Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var key = new OptionKey($"{path}:{property.Name}", property);
            if (!key.IsList && property.SetMethod is not { IsPublic: true })
                continue;
            if (TypeDescriptor.GetConverter(key.ValueType).CanConvertFrom(typeof(string)))
                yield return key;
            else
                foreach (var nested in KeysOf(key.Name, key.ValueType))
                    yield return nested;
        }
    }
}

internal sealed class OptionsSection<T>(string path) : OptionsSection(path, typeof(T)) where T : class, new()
{
    public override object Read(IConfiguration configuration)
    {
        var options = new T();
        configuration.GetSection(Path).Bind(options);
        return options;
    }

    public override object Current(IServiceProvider services) => services.GetRequiredService<IOptions<T>>().Value;

    public override object Standard() => new T();

    public override void Register(IServiceCollection services, IConfiguration configuration) =>
        services.AddOptions<T>().Bind(configuration.GetSection(Path)).ValidateOnStart();
}
