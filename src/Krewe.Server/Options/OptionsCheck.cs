using System.ComponentModel;

namespace Krewe.Server.Options;

/// <summary>Finds all that is wrong with a configuration, so that an operator hears it in one go.</summary>
internal static class OptionsCheck
{
    /// <summary>Adds what is wrong to <paramref name="errors"/>; gives the configuration without what cannot be bound, for checks that go on.</summary>
    public static IConfiguration Run(IConfiguration configuration, List<string> errors)
    {
        var unusable = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var leaf in Leaves(configuration.GetSection(OptionsTable.Root)))
        {
            var key = OptionsTable.Find(leaf.Path);
            var trouble = key is null ? $"unknown key{Hint(leaf.Path, OptionsTable.Keys.Select(known => known.Name))}" : Converts(key, leaf.Value);
            if (trouble is null)
                continue;
            errors.Add($"{leaf.Path}: {trouble}");
            unusable.Add(leaf.Path);
        }
        var usable = unusable.Count == 0 ? configuration : Without(configuration, unusable);
        errors.AddRange(OptionsTable.Sections.SelectMany(section => OptionRules.Broken(section.Path, section.Read(usable))).Distinct());
        return usable;
    }

    /// <summary>The nearest name, if it is near enough to be what was meant.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var nearest = known.Select(candidate => (candidate, distance: Apart(name, candidate))).MinBy(pair => pair.distance);
        return nearest is { candidate: not null, distance: < int.MaxValue } ? $"; did you mean {nearest.candidate}?" : "";
    }

    // The sections that the two share say nothing about how near they are.
    private static int Apart(string name, string candidate)
    {
        var (mine, its) = (name.ToUpperInvariant().Split(':'), candidate.ToUpperInvariant().Split(':'));
        var same = mine.Zip(its).TakeWhile(pair => pair.First == pair.Second).Count();
        var rest = string.Join(':', mine[same..]);
        var distance = Distance(rest, string.Join(':', its[same..]));
        return distance <= Math.Max(1, rest.Length / 3) ? distance : int.MaxValue;
    }

    private static IConfiguration Without(IConfiguration configuration, HashSet<string> paths) =>
        new ConfigurationBuilder().AddInMemoryCollection(configuration.AsEnumerable().Where(pair => pair.Value is not null && !paths.Contains(pair.Key))).Build();

    private static IEnumerable<IConfigurationSection> Leaves(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        // An empty object or list of a JSON file is a leaf without a value: it sets nothing.
        if (!string.IsNullOrEmpty(section.Value) || children.Count == 0 && section.Value is not null && section.Path.Contains(':', StringComparison.Ordinal))
            yield return section;
        foreach (var leaf in children.SelectMany(Leaves))
            yield return leaf;
    }

    private static string? Converts(OptionKey key, string? value)
    {
        if (string.IsNullOrEmpty(value) && (key.ValueType == typeof(string) || Nullable.GetUnderlyingType(key.Property.PropertyType) is not null || key.IsList))
            return null;
        if (key.ValueType == typeof(TimeSpan) && !TimeSpanText.IsOne(value))
            return Expected();
        try
        {
            var converted = TypeDescriptor.GetConverter(key.ValueType).ConvertFromInvariantString(value ?? "");
            return key.ValueType.IsEnum && !Enum.IsDefined(key.ValueType, converted!) ? Expected() : null;
        }
        catch (Exception trouble) when (trouble is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return Expected();
        }

        string Expected() => $"{(key.IsSecret ? "the value" : $"'{value}'")} is not {Kind(key.ValueType, value)}";
    }

    private static string Kind(Type type, string? value) =>
        type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()))
        : type == typeof(TimeSpan) ? TimeSpanText.Kind(value)
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "a whole number within its range"
        : type == typeof(double) ? "a number"
        : type == typeof(Uri) ? "a web address"
        : $"a {type.Name}";

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
