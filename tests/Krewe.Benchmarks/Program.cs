using BenchmarkDotNet.Running;
using Krewe.Benchmarks;

// dotnet run -c Release --project tests/Krewe.Benchmarks -- xml
// What a stanza costs to read and to write: processor time alone, so BenchmarkDotNet measures it.
if (args is ["xml", .. var rest])
{
    BenchmarkRunner.Run<XmlBenchmark>(args: rest);
    return;
}

// dotnet run -c Release --project tests/Krewe.Benchmarks -- [path] [seconds per row of the table] [connection string [writers]]
// With a connection string the store on PostgreSQL is measured, on an empty database.
// A console with a stopwatch instead of BenchmarkDotNet: a flush is what is measured, and one iteration is a loop over a real disk.
var path = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "krewe-benchmarks");
var duration = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 3);
if (args.Length > 2)
    await StorageBenchmark.RunPostgresAsync(args[2], args.Length > 3 ? int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture) : null, duration);
else
    await StorageBenchmark.RunAsync(path, duration);
