using Krewe.Core.Errors;
using Krewe.Core.Users;

namespace Krewe.Gateway.Transports;

/// <summary>The cursor that a client comes with, compared with its mailbox.</summary>
internal static class AfterParameter
{
    /// <summary>Where to go on; without a cursor, from the first item that is left.</summary>
    public static Outcome<long> Resolve(long? after, SessionOpened opened)
    {
        if (after is not { } cursor) return opened.First - 1;
        if (cursor > opened.Last) return Fault.CursorAhead(opened.Last);
        if (cursor < opened.First - 1) return Fault.CursorExpired(opened.First);
        return cursor;
    }
}
