namespace Krewe.Server.Tests.Contracts;

/// <summary>What changed between two contracts, and whether a silo of the other version would notice.</summary>
internal sealed class ContractDiff
{
    private const string Removed = "silos of the version before still send it, and the store may hold it. Bring it back; it may be unused.";

    // Orleans' PlacementFilterStrategyResolver throws for a name that is not registered.
    private const string NewFilter = "; a silo that does not know the filter cannot place the grain: once there are releases, register it one release before it is used.";

    private readonly List<string> _broken = [];
    private readonly List<string> _added = [];

    private ContractDiff()
    {
    }

    /// <summary>What must not be.</summary>
    public IReadOnlyList<string> Broken => _broken;

    /// <summary>What may be, once somebody has looked at it.</summary>
    public IReadOnlyList<string> Added => _added;

    public static ContractDiff Between(string before, string now)
    {
        var diff = new ContractDiff();
        var (old, current) = (Parse(before), Parse(now));
        foreach (var (head, lines) in old)
        {
            if (current.TryGetValue(head, out var there)) diff.Compare(head, lines, there);
            else diff._broken.Add($"{head} is gone, or has another name: {Removed}");
        }
        diff._added.AddRange(current.Keys.Except(old.Keys).Select(head => $"{head} is new"));
        return diff;
    }

    private void Compare(string head, Dictionary<string, string> old, Dictionary<string, string> now)
    {
        foreach (var (key, before) in old)
        {
            if (!now.TryGetValue(key, out var after)) _broken.Add(Gone(head, key, before));
            else if (before == after) continue;
            else if (head.StartsWith("type ", StringComparison.Ordinal) && TypeOf(before) == TypeOf(after)) _added.Add($"{head}: member {key} is called otherwise: {before} -> {after}; nobody sees the name");
            else _broken.Add(Changed(head, key, before, after));
        }
        _added.AddRange(now.Keys.Except(old.Keys).Select(key => $"{head}: {key} {now[key]} is new{(key.StartsWith("filter ", StringComparison.Ordinal) ? NewFilter : "")}"));
    }

    private static string Gone(string head, string key, string before) => head.Split(' ')[0] switch
    {
        "type" => $"{head}: [Id({key})] {before} is gone, or has another number: {Removed}",
        "enum" => $"{head}: the value {key} ({before}) is gone, or has another number: {Removed}",
        "interface" => $"{head}: the method {key} is gone, or has another alias: silos of the version before call it and would get an error.",
        "grain" => $"{head}: \"{key} {before}\" is gone: what the version before asks there or has stored there would no longer be found.",
        _ => $"{head}: {key} is gone: a database that has it is refused or misread.",
    };

    private static string Changed(string head, string key, string before, string after) => head.Split(' ')[0] switch
    {
        "type" => $"{head}: [Id({key})] was {before} and is {after}: each version misreads what the other writes. Take a new number.",
        "enum" => $"{head}: {key} meant {before} and means {after}: each version misreads what the other writes. Take a new number.",
        "interface" => $"{head}: {key} was {before} and is {after}: calls between the versions fail. Add a method instead.",
        "store" => $"{head}: {key} was {before} and is {after}: databases have the old one already. Add a migration.",
        _ => $"{head}: {key} was {before} and is {after}: what is stored cannot be read.",
    };

    // "krewe.Jid Owner"; a type's name may have blanks.
    private static string TypeOf(string member) => member[..Math.Max(0, member.LastIndexOf(' '))];

    private static Dictionary<string, Dictionary<string, string>> Parse(string text)
    {
        var sections = new Dictionary<string, Dictionary<string, string>>();
        Dictionary<string, string>? section = null;
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] != ' ') section = sections[line] = [];
            else Add(section!, line.Trim());
        }
        return sections;
    }

    private static void Add(Dictionary<string, string> section, string line)
    {
        // A grain serves many interfaces and has many states: there the key is two words.
        var words = line.Split(' ', 3);
        var isList = words[0] is "serves" or "filter" or "state";
        section[isList ? $"{words[0]} {words[1]}" : words[0]] = isList ? words.ElementAtOrDefault(2) ?? "" : line[words[0].Length..].Trim();
    }
}
