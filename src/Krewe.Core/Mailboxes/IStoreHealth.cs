namespace Krewe.Core.Mailboxes;

/// <summary>Tells whether the store takes writes.</summary>
public interface IStoreHealth
{
    /// <summary>Why writes are refused at present; null when all is well.</summary>
    string? Trouble { get; }
}
