using System.Reflection;

namespace Krewe.Server.Options;

/// <summary>What the process was called with, before any of it is configuration.</summary>
/// <param name="Settings">The arguments that set something, each as <c>--key=value</c>.</param>
/// <param name="Errors">What is wrong with the others.</param>
internal sealed record CommandLine(string[] Settings, IReadOnlyList<string> Errors)
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

    /// <summary>Takes the arguments apart. The configuration system would take the next option for the value of one that has none.</summary>
    public static CommandLine Read(string[] args)
    {
        var (settings, errors) = (new List<string>(), new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            var arg = args[i];
            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                errors.Add($"{arg}: not an option; options look like --Krewe:Http:Listen=127.0.0.1:8080");
                continue;
            }
            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? arg[2..] : arg[2..equals];
            string? value = equals < 0 ? null : arg[(equals + 1)..];
            if (equals < 0 && i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                value = args[++i];
            if (!IsKnown(name, value))
                errors.Add($"--{name}: unknown option{OptionsCheck.Hint(name, OptionsTable.Keys.Select(key => key.Name))}");
            else if (value is null)
                errors.Add($"{arg}: has no value");
            else
                settings.Add($"--{name}={value}");
        }
        return new([.. settings], errors);
    }

    // With a value, a key under Krewe is the options check's to judge, wherever it was set.
    private static bool IsKnown(string name, string? value)
    {
        var section = name.Split(':')[0];
        return section.Equals(OptionsTable.Root, StringComparison.OrdinalIgnoreCase) && value is null
            ? OptionsTable.Find(name) is not null
            : Sections.Contains(section, StringComparer.OrdinalIgnoreCase);
    }
}
