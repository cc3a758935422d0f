using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Krewe.Server.Options;

/// <summary>What an option is for, from the documentation comment on its property, which the build puts beside the assembly.</summary>
internal static partial class OptionSentences
{
    private static readonly Dictionary<string, XDocument?> Files = [];

    /// <summary>The sentence and, from its end, what is in force when nobody sets the option.</summary>
    public static (string Sentence, string? Default) Of(OptionKey key)
    {
        var declaring = key.Property.DeclaringType!;
        var summary = FileOf(declaring.Assembly.GetName().Name!)?.Descendants("member")
            .FirstOrDefault(member => (string?)member.Attribute("name") == $"P:{declaring.FullName}.{key.Property.Name}")?.Element("summary");
        if (summary is null)
            return ("", null);
        var text = Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();
        var at = text.IndexOf("Default: ", StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at].Trim(), text[(at + "Default: ".Length)..].TrimEnd('.'));
    }

    private static string Text(XNode node) => node switch
    {
        XElement { Name.LocalName: "see" or "paramref" } element => ((string?)element.Attribute("cref") ?? (string?)element.Attribute("langword") ?? "").Split('.')[^1],
        XElement { Name.LocalName: "c" } element => $"`{element.Value}`",
        XElement element => element.Value,
        XText text => text.Value,
        _ => "",
    };

    private static XDocument? FileOf(string assembly)
    {
        if (Files.TryGetValue(assembly, out var document))
            return document;
        var path = Path.Combine(AppContext.BaseDirectory, assembly + ".xml");
        return Files[assembly] = File.Exists(path) ? XDocument.Load(path) : null;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
