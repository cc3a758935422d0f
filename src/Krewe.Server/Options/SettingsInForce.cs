using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Accounts;

namespace Krewe.Server.Options;

/// <summary>What every option is on this silo, whoever said so: the operator, the default, or the server itself.</summary>
internal sealed class SettingsInForce(IServiceProvider services)
{
    public Settings Read() => new([.. OptionsTable.Sections
        .SelectMany(section => section.Keys.Select(key => Read(section, key))).DistinctBy(setting => setting.Key).OrderBy(setting => setting.Key, StringComparer.Ordinal)]);

    private Setting Read(OptionsSection section, OptionKey key)
    {
        var path = key.Name[(section.Path.Length + 1)..];
        var (value, standard) = (Text(Walk(section.Current(services), path)), Text(Walk(section.Standard(), path)));
        return new(key.Name, key.IsSecret ? Mask(key, value) : value, value == standard);
    }

    /// <summary>A mark that is the same where the secret is the same. Keyed by the cluster's secret: without that nobody can try guesses.</summary>
    private string Mask(OptionKey key, string value) => value.Length == 0 ? ""
        : $"set ({Convert.ToHexStringLower(HMACSHA256.HashData(services.GetRequiredService<IClusterSecret>().Key.Span, Encoding.UTF8.GetBytes($"krewe setting {key.Name}={value}")).AsSpan(0, 4))})";

    private static object? Walk(object options, string path)
    {
        object? value = options;
        foreach (var name in path.Split(':'))
            value = value?.GetType().GetProperty(name)?.GetValue(value);
        return value;
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool yes => yes ? "true" : "false",
        Enum word => word.ToString().ToLowerInvariant(),
        IEnumerable list => string.Join(", ", list.Cast<object?>().Select(Text)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

/// <param name="Value">Of a secret only a mark.</param>
/// <param name="Standard">It is what nobody has set.</param>
[GenerateSerializer, Immutable, Alias("krewe.server.Setting")]
internal sealed record Setting([property: Id(0)] string Key, [property: Id(1)] string Value, [property: Id(2)] bool Standard);

/// <summary>All of a silo's settings.</summary>
[GenerateSerializer, Immutable, Alias("krewe.server.Settings")]
internal sealed record Settings([property: Id(0)] ImmutableArray<Setting> All);
