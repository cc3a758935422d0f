namespace Krewe.Server.Lifetime;

/// <summary>The server does not start, for a reason that the operator can read and mend: no stack trace is needed.</summary>
internal sealed class StartRefusedException(string message, int exitCode = StartRefusedException.Failed) : Exception(message)
{
    public const int Failed = 1;

    /// <summary>EX_CONFIG of sysexits.h: a service manager need not try again.</summary>
    public const int BadConfiguration = 78;

    public int ExitCode { get; } = exitCode;

    public static StartRefusedException Configuration(IReadOnlyList<string> errors) => new(
        $"the configuration is wrong ({errors.Count} {(errors.Count == 1 ? "error" : "errors")}); --help lists all keys\n  {string.Join("\n  ", errors)}", BadConfiguration);
}
