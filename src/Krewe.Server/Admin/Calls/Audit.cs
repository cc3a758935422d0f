using System.Security.Cryptography;
using Krewe.Core.Errors;

namespace Krewe.Server.Admin.Calls;

/// <summary>One line in the log for everything that the operator changes: who, what, whom, and how it ended. Never a secret.</summary>
internal sealed partial class Audit(AdminToken token, ILogger<Audit> logger)
{
    /// <summary>Tells two tokens apart in the log without giving one away.</summary>
    private readonly Lazy<string> _mark = new(() => Convert.ToHexStringLower(SHA256.HashData(token.Derive("krewe audit")).AsSpan(0, 4)));

    public void Write(HttpContext context, string act, string whom, Fault? fault = null)
    {
        var way = AdminSessions.IsBySession(context) ? "console" : "bearer";
        LogAct(way, _mark.Value, context.Connection.RemoteIpAddress, act, whom, fault is null ? "done" : $"refused, {fault.Code.Name()}: {fault.Message}");
    }

    /// <summary>What a caller wrote, as part of a line: a line of the log is one line.</summary>
    public static string Safe(string text) => string.Concat(text.Take(128).Select(character => char.IsControl(character) ? '?' : character));

    public IResult Done(HttpContext context, string act, string whom, Outcome<Done> outcome)
    {
        Write(context, act, whom, outcome.Fault);
        return AdminReply.Of(outcome);
    }

    [LoggerMessage(LogLevel.Information, "Operator ({Way}, token {Token}, from {Remote}): {Act} {Whom}: {Outcome}")]
    private partial void LogAct(string way, string token, System.Net.IPAddress? remote, string act, string whom, string outcome);
}
