namespace Krewe.Core.Presence;

/// <summary>How available somebody is (RFC 6121, section 4.7.2.1, plus <see cref="Offline"/>).</summary>
[GenerateSerializer, Alias("krewe.Show")]
public enum Show
{
    Offline = 0,
    /// <summary>Extended away.</summary>
    Xa,
    Away,
    /// <summary>Do not disturb.</summary>
    Dnd,
    Available,
    /// <summary>XMPP's <c>chat</c>: eager to talk; native clients see <see cref="Available"/>.</summary>
    Chat,
}
