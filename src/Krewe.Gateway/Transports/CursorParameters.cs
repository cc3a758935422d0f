using Krewe.Core.Errors;
using Krewe.Core.Users;
using Krewe.Gateway.Api;

namespace Krewe.Gateway.Transports;

/// <summary>The cursor that a client comes with: every transport's first question.</summary>
internal static class CursorParameters
{
    public static readonly NumberParameter After = new(
        "after", "The cursor: the seq of the last item that the client has dealt with; left out: from the first item that is left.", 0);

    public static readonly HeaderParameter LastEventId = new("Last-Event-ID", "What browsers send when they reconnect; understood as after, and wins over it.");

    /// <summary>Where to go on in the mailbox.</summary>
    public static Outcome<long> Resolve(long? after, SessionOpened opened)
    {
        if (after is not { } cursor) return opened.First - 1;
        if (cursor > opened.Last) return Fault.CursorAhead(opened.Last);
        if (cursor < opened.First - 1) return Fault.CursorExpired(opened.First);
        return cursor;
    }

    public static bool TryGet(this Query query, NumberParameter parameter, out long? number, out Fault? fault) =>
        query.TryGetNumber(parameter.Name, parameter.Min, parameter.Max, out number, out fault);
}
