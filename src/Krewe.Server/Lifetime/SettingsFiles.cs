using System.Text.Json;
using Krewe.Server.Options;
using Microsoft.Extensions.FileProviders;

namespace Krewe.Server.Lifetime;

/// <summary>The files that settings are read from, and what is wrong with them: the place, never a word of the content, which may be a secret.</summary>
internal static class SettingsFiles
{
    private const string Name = "appsettings.json";

    /// <summary>The environment variable that names the folder of <see cref="AddSecrets"/>.</summary>
    public const string SecretsVariable = "KREWE_SECRETS";

    public static WebApplicationBuilder CreateBuilder(CommandLine line)
    {
        try
        {
            // Nothing by default: no file watchers over the working directory, no developer pages, no settings that Krewe does not document.
            return WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = line.Settings, ApplicationName = "Krewe.Server" });
        }
        catch (DirectoryNotFoundException trouble)
        {
            // Its message is the path alone.
            throw Refused(line, $"--contentRoot: there is no folder {trouble.Message.TrimEnd('/')}");
        }
        catch (IOException trouble)
        {
            throw Refused(line, $"--contentRoot: {trouble.Message}");
        }
    }

    /// <summary>Adds the server's own file and then the operator's, which wins.</summary>
    public static void AddSettingsFiles(this WebApplicationBuilder builder, CommandLine line)
    {
        string[] files = [Path.Combine(AppContext.BaseDirectory, Name), Path.Combine(builder.Environment.ContentRootPath, Name)];
        foreach (var file in files.Distinct(StringComparer.Ordinal))
        {
            try
            {
                builder.Configuration.AddJsonFile(file, optional: true);
            }
            catch (InvalidDataException trouble)
            {
                throw Refused(line, $"{file} {Broken(trouble)}");
            }
            catch (Exception trouble) when (trouble is UnauthorizedAccessException or IOException)
            {
                throw Refused(line, $"{file} cannot be read: {trouble.Message}");
            }
        }
    }

    /// <summary>Adds the files of a folder, as container runtimes mount secrets: each is named like an environment variable and holds its value.</summary>
    public static void AddSecrets(this WebApplicationBuilder builder, CommandLine line)
    {
        if (Environment.GetEnvironmentVariable(SecretsVariable) is not { Length: > 0 } folder)
            return;
        if (!Directory.Exists(folder))
            throw Refused(line, $"{SecretsVariable}: there is no folder {folder}");
        try
        {
            builder.Configuration.AddKeyPerFile(files =>
            {
                files.FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder));
                // Other programs' secrets may lie there too.
                files.IgnoreCondition = name => !name.StartsWith($"{OptionsTable.Root}__", StringComparison.OrdinalIgnoreCase);
            });
        }
        catch (Exception trouble) when (trouble is UnauthorizedAccessException or IOException)
        {
            throw Refused(line, $"{SecretsVariable}: {trouble.Message}");
        }
    }

    private static string Broken(Exception trouble)
    {
        for (var inner = trouble.InnerException; inner is not null; inner = inner.InnerException)
        {
            // The reader counts from zero, and positions in bytes. Its message quotes what it stumbled on.
            if (inner is JsonException json)
                return $"is not JSON: see line {json.LineNumber + 1}, position {json.BytePositionInLine + 1}";
            // What is JSON, but no settings: a list on top, or a key twice.
            if (inner is FormatException { InnerException: null })
                return $"is no settings file: {inner.Message}";
        }
        return $"cannot be read: {trouble.InnerException?.Message}";
    }

    private static StartRefusedException Refused(CommandLine line, string error) => line.Errors.Count == 0
        ? new(error, StartRefusedException.BadConfiguration)
        : StartRefusedException.Configuration([.. line.Errors, error]);
}
