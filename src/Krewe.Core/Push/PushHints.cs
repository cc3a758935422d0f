namespace Krewe.Core.Push;

/// <summary>How the sender wants a message to be announced. Numbers are stored and never change.</summary>
[Flags, GenerateSerializer, Alias("krewe.PushHints")]
public enum PushHints
{
    None = 0,
    /// <summary>It may break a sleep: quiet hours do not hold it.</summary>
    Urgent = 1,
    /// <summary>No sound, no banner.</summary>
    Silent = 2,
}
