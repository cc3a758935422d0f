using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Krewe.Checker.Histories;

/// <summary>A history on disk: one JSON object a line.</summary>
internal static class HistoryFile
{
    public const string Name = "history.jsonl";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Line(Entry entry) => JsonSerializer.Serialize(entry, Json);

    public static Entry Parse(string line) => JsonSerializer.Deserialize<Entry>(line, Json)!;

    public static void Write(string path, IEnumerable<Entry> entries) => File.WriteAllLines(path, entries.Select(Line));

    public static IReadOnlyList<Entry> Read(string path) => [.. File.ReadLines(path).Where(line => line.Length > 0).Select(Parse)];
}
