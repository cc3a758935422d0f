using System.CommandLine;

namespace Krewe.LoadTool;

/// <summary>The options that every command has.</summary>
internal static class CommonOptions
{
    public static Option<Uri> Server() => new("--server")
    {
        Description = "The server's address.",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
        CustomParser = result => Address(result.Tokens[0].Value) ?? Fail<Uri>(result, "--server takes an http or https address."),
    };

    public static Option<Uri[]> Servers() => new("--server")
    {
        Description = "The server's address; once for each gateway of a cluster. A sender's gateway is then not its receiver's.",
        DefaultValueFactory = _ => [new Uri("http://127.0.0.1:8080")],
        CustomParser = result =>
        {
            var all = result.Tokens.Select(token => Address(token.Value)).OfType<Uri>().ToArray();
            return all.Length == result.Tokens.Count ? all : Fail<Uri[]>(result, "--server takes http or https addresses.");
        },
    };

    public static Option<int[]> Pids() => new("--server-pid")
    {
        Description = "A server's process on this machine, once for each: their CPU time and memory together go into the table.",
    };

    public static Option<int> Number(string name, int standard, int min, int max, string description)
    {
        var option = new Option<int>(name) { Description = $"{description} {min} to {max}.", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && (value < min || value > max))
                result.AddError($"{name} takes {min} to {max}.");
        });
        return option;
    }

    private static Uri? Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    private static T? Fail<T>(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}
