using Krewe.Storage.Tests.Embedded;

if (await AppendingChild.RunAsync() || await FullDiskTests.RunAsync())
{
    return 0;
}
return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, Krewe.Storage.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
