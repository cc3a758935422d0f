// XEP-0085: Chat State Notifications, version 2.1.
using System.Collections.Frozen;

namespace Krewe.Grains.Presence;

/// <summary>The words that a typing notice may bear.</summary>
internal static class TypingStates
{
    public static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet(["active", "composing", "paused", "inactive", "gone"], StringComparer.Ordinal);
}
