using System.Reflection;

namespace Krewe.Server.Options;

/// <summary>What the process was called with, before any of it is configuration.</summary>
internal static class CommandLine
{
    // Everything else would be passed over in silence by the configuration system.
    private static readonly string[] Sections = ["Krewe", "Logging", "contentRoot", "environment"];

    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Answers a question that needs no server.</summary>
    public static bool Answers(string[] args)
    {
        string? answer = args switch
        {
            ["--help" or "-h" or "-?", "markdown"] => ConfigurationPage.Markdown(),
            ["--help" or "-h" or "-?", ..] => ConfigurationPage.Help(),
            ["--version"] => $"Krewe {Version}\n",
            _ => null,
        };
        Console.Out.Write(answer);
        return answer is not null;
    }

    public static IReadOnlyList<string> Check(string[] args)
    {
        var errors = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var arg = args[i];
            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                errors.Add($"{arg}: not an option; options look like --Krewe:Http:Listen=127.0.0.1:8080");
                continue;
            }
            var name = equals < 0 ? arg[2..] : arg[2..equals];
            if (!Sections.Contains(name.Split(':')[0], StringComparer.OrdinalIgnoreCase))
                errors.Add($"--{name}: unknown option{OptionsCheck.Hint(name, OptionsTable.Keys.Select(key => key.Name))}");
            if (equals >= 0)
                continue;
            if (i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                i++;
            else
                errors.Add($"{arg}: has no value");
        }
        return errors;
    }
}
