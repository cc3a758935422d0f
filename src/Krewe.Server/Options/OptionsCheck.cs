using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Krewe.Server.Options;

/// <summary>Finds all that is wrong with a configuration, so that an operator hears it in one go.</summary>
internal static class OptionsCheck
{
    public static IReadOnlyList<string> Run(IConfiguration configuration, IReadOnlyList<OptionsSection> sections)
    {
        var keys = sections.SelectMany(section => section.Keys).ToDictionary(key => key.Name, StringComparer.OrdinalIgnoreCase);
        var errors = new List<string>();
        foreach (var leaf in Leaves(configuration.GetSection(OptionsTable.Root)))
        {
            var key = keys.GetValueOrDefault(leaf.Path) ?? ListOf(leaf.Path, keys);
            if (key is null)
                errors.Add($"{leaf.Path}: unknown key{Hint(leaf.Path, keys.Keys)}");
            else if (Converts(key, leaf.Value) is { } trouble)
                errors.Add($"{leaf.Path}: {trouble}");
        }
        // Binding stops at the first value that does not convert, so the rules wait until all do.
        if (errors.All(error => error.Contains(": unknown key", StringComparison.Ordinal)))
            errors.AddRange(sections.SelectMany(section => BrokenRules(section.Path, section.Read(configuration))));
        return errors;
    }

    /// <summary>The nearest name, if it is near enough to be what was meant.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var nearest = known.Select(candidate => (candidate, distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant()))).MinBy(pair => pair.distance);
        return nearest.candidate is not null && nearest.distance <= Math.Max(2, name.Length / 3) ? $"; did you mean {nearest.candidate}?" : "";
    }

    private static IEnumerable<IConfigurationSection> Leaves(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        // An empty object or list of a JSON file is a leaf without a value: it sets nothing.
        if (!string.IsNullOrEmpty(section.Value) || children.Count == 0 && section.Value is not null && section.Path.Contains(':', StringComparison.Ordinal))
            yield return section;
        foreach (var leaf in children.SelectMany(Leaves))
            yield return leaf;
    }

    private static OptionKey? ListOf(string path, Dictionary<string, OptionKey> keys)
    {
        var colon = path.LastIndexOf(':');
        return int.TryParse(path.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && keys.TryGetValue(path[..colon], out var key) && key.IsList ? key : null;
    }

    private static string? Converts(OptionKey key, string? value)
    {
        if (string.IsNullOrEmpty(value) && (key.ValueType == typeof(string) || Nullable.GetUnderlyingType(key.Property.PropertyType) is not null || key.IsList))
            return null;
        try
        {
            var converted = TypeDescriptor.GetConverter(key.ValueType).ConvertFromInvariantString(value ?? "");
            return key.ValueType.IsEnum && !Enum.IsDefined(key.ValueType, converted!) ? Expected() : null;
        }
        catch (Exception trouble) when (trouble is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return Expected();
        }

        string Expected() => $"{(key.IsSecret ? "the value" : $"'{value}'")} is not {Kind(key.ValueType)}";
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()))
        : type == typeof(TimeSpan) ? "a time span such as 00:00:30 or 7.00:00:00"
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "a whole number within its range"
        : type == typeof(double) ? "a number"
        : $"a {type.Name}";

    private static IEnumerable<string> BrokenRules(string path, object options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (var result in results)
            yield return $"{path}:{result.MemberNames.FirstOrDefault()}: {result.ErrorMessage}".Replace(":: ", ": ", StringComparison.Ordinal);
        foreach (var property in options.GetType().GetProperties().Where(property => property.PropertyType.IsClass && property.PropertyType.Assembly == options.GetType().Assembly))
            if (property.GetIndexParameters().Length == 0 && property.GetValue(options) is { } nested)
                foreach (var error in BrokenRules($"{path}:{property.Name}", nested))
                    yield return error;
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[b.Length];
    }
}
