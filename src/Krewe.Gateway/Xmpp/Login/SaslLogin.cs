// RFC 6120, sections 5 and 6: STARTTLS and SASL negotiation; XEP-0440: SASL Channel-Binding Type Capability, version 0.4.
using System.Net;
using Krewe.Gateway.Xmpp.Streams;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Sasl;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Login;

/// <summary>What a client may log in by on one stream, and its attempts to.</summary>
internal sealed class SaslLogin(XmppServer server, IXmppLink link)
{
    public static readonly XmlName StartTls = new(XmppNamespaces.Tls, "starttls");
    public static readonly XmlName Proceed = new(XmppNamespaces.Tls, "proceed");

    // RFC 6120, section 6.4.5: at least two and at most five.
    private const int MaxFailures = 5;

    private static readonly XmlName TlsRequired = new(XmppNamespaces.Tls, "required");
    private static readonly XmlName Mechanisms = new(XmppNamespaces.Sasl, "mechanisms");
    private static readonly XmlName Mechanism = new(XmppNamespaces.Sasl, "mechanism");
    private static readonly XmlName Auth = new(XmppNamespaces.Sasl, "auth");
    private static readonly XmlName Response = new(XmppNamespaces.Sasl, "response");
    private static readonly XmlName Abort = new(XmppNamespaces.Sasl, "abort");
    private static readonly XmlName Challenge = new(XmppNamespaces.Sasl, "challenge");
    private static readonly XmlName Success = new(XmppNamespaces.Sasl, "success");
    private static readonly XmlName Failure = new(XmppNamespaces.Sasl, "failure");
    private static readonly XmlName FailureText = new(XmppNamespaces.Sasl, "text");
    private static readonly XmlNamespace BindingTypes = new("urn:xmpp:sasl-cb:0");
    private static readonly XmlName BindingList = new(BindingTypes, "sasl-channel-binding");
    private static readonly XmlName BindingType = new(BindingTypes, "channel-binding");

    private SaslMechanism? _mechanism;
    private int _failures;

    /// <summary>What goes to the client, and what came of it.</summary>
    internal readonly record struct Outcome(Action<XmlWriter> Answer, SaslIdentity? Identity, bool GiveUp);

    /// <summary>May credentials cross this connection as it is?</summary>
    private bool IsSafe => link.IsEncrypted || (server.Options.PlaintextAuth == PlaintextAuth.Loopback && link.Remote is { } remote && IPAddress.IsLoopback(remote));

    /// <summary>Writes the features of a stream before login.</summary>
    public void WriteFeatures(XmlWriter xml)
    {
        xml.Start(XmppNames.StreamFeatures);
        if (link.CanEncrypt)
        {
            xml.Start(StartTls);
            if (!IsSafe) xml.Empty(TlsRequired);
            xml.End();
        }
        if (IsSafe)
        {
            xml.Start(Mechanisms);
            foreach (var name in Names()) xml.Leaf(Mechanism, name);
            xml.End();
            if (link.Bindings.Any)
            {
                xml.Start(BindingList);
                foreach (var type in link.Bindings.Names) xml.Start(BindingType).Attribute("type"u8, type.AsSpan()).End();
                xml.End();
            }
        }
        xml.End();
    }

    /// <summary>Takes an element of SASL.</summary>
    public async ValueTask<Outcome> TakeAsync(XmlElement element, CancellationToken cancellationToken)
    {
        var step = await StepAsync(element, cancellationToken).ConfigureAwait(false);
        if (step.Identity is { } identity) return new(xml => xml.Start(Success).Text(Convert.ToBase64String(step.Data.Span)).End(), identity, false);
        if (step.Failure is not { } failure) return new(xml => xml.Start(Challenge).Text(Convert.ToBase64String(step.Data.Span)).End(), null, false);
        return new(
            xml =>
            {
                xml.Start(Failure).Empty(failure.Element);
                if (step.Text is { } text) xml.Start(FailureText).Attribute("xml:lang"u8, "en"u8).Text(text).End();
                xml.End();
            },
            null,
            ++_failures >= MaxFailures);
    }

    /// <summary>A login that is under way ends with its stream.</summary>
    public ValueTask AbandonAsync()
    {
        var mechanism = _mechanism;
        _mechanism = null;
        return mechanism?.AbandonAsync() ?? default;
    }

    private async ValueTask<SaslStep> StepAsync(XmlElement element, CancellationToken cancellationToken)
    {
        var text = element.Text;
        if (element.Is(Auth))
        {
            await AbandonAsync().ConfigureAwait(false);
            if (!IsSafe) return SaslStep.Fail(SaslFailure.EncryptionRequired);
            _mechanism = Make(element.Attribute("mechanism"u8));
            if (_mechanism is null) return SaslStep.Fail(SaslFailure.InvalidMechanism);
            // No initial response: the client wants to be asked (section 6.4.2).
            if (text.Length == 0) return SaslStep.Challenge(default);
        }
        else if (element.Is(Abort))
        {
            await AbandonAsync().ConfigureAwait(false);
            return SaslStep.Fail(SaslFailure.Aborted);
        }
        else if (!element.Is(Response) || _mechanism is null)
        {
            return SaslStep.Fail(SaslFailure.MalformedRequest);
        }
        if (!TryDecode(text, out var message))
        {
            await AbandonAsync().ConfigureAwait(false);
            return SaslStep.Fail(SaslFailure.IncorrectEncoding);
        }
        var mechanism = _mechanism!;
        var step = await mechanism.RespondAsync(message, cancellationToken).ConfigureAwait(false);
        if (step.Failure is not null || step.Identity is not null) _mechanism = null;
        return step;
    }

    private IEnumerable<string> Names() =>
        ScramKind.All.Where(kind => !kind.Plus || link.Bindings.Any).Select(kind => kind.Name).Append(OAuthBearerMechanism.Name).Append(PlainMechanism.Name);

    private SaslMechanism? Make(string? name)
    {
        if (name is null || !Names().Contains(name)) return null;
        var accounts = server.AccountsFor(link.Remote);
        return name switch
        {
            PlainMechanism.Name => new PlainMechanism(accounts),
            OAuthBearerMechanism.Name => new OAuthBearerMechanism(accounts),
            _ => new ScramMechanism(ScramKind.All.First(kind => kind.Name == name), accounts, link.Bindings),
        };
    }

    // "=" is an empty message, as against none (section 6.4.2).
    private static bool TryDecode(string text, out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (text is "" or "=") return true;
        if (text.Length > SaslMechanism.MaxMessageBytes * 4 / 3) return false;
        var bytes = new byte[text.Length];
        if (text.AsSpan().ContainsAny(" \t\r\n") || !Convert.TryFromBase64String(text, bytes, out var length)) return false;
        message = bytes.AsMemory(0, length);
        return true;
    }
}
