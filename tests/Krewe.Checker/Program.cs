using System.CommandLine;
using Krewe.Checker.Runs;

var root = new RootCommand("Puts a real Krewe cluster through faults, with clients on all transports, and checks that it kept its promises.")
{
    RunCommand.Create(),
    VerifyCommand.Create(),
    FaultsCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
