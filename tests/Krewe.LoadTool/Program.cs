using System.CommandLine;
using Krewe.LoadTool;

var root = new RootCommand("Puts load on a Krewe server and counts what is lost, repeated or out of order.")
{
    ChatCommand.Create(),
    IdleCommand.Create(),
    PushCommand.Create(),
    StormCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
