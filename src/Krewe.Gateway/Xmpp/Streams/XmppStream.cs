// RFC 6120: Extensible Messaging and Presence Protocol (XMPP): Core; RFC 7395: An XMPP Subprotocol for WebSocket.
using System.Buffers;
using System.Security.Cryptography;
using Krewe.Core.Connections;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Xmpp.Login;
using Krewe.Gateway.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Sasl;
using Krewe.Protocols.Xmpp.Streams;
using Krewe.Protocols.Xmpp.Xml;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Xmpp.Streams;

/// <summary>What the transport is to do after it handed over what came.</summary>
internal enum StreamVerdict
{
    GoOn,
    /// <summary>Tell the client to proceed, and encrypt; nothing that came before counts any more.</summary>
    Encrypt,
    /// <summary>Read nothing more.</summary>
    End,
}

/// <summary>
/// One client's stream, from the first header to the last tag, whatever carries it: header, encryption, login, binding of a resource,
/// and then stanzas, which go to the <see cref="XmppSession"/>. The transport calls <see cref="ReceiveAsync"/> with all that comes, one call at a time.
/// </summary>
internal sealed partial class XmppStream : IOutputOwner
{
    private readonly IXmppLink _link;
    private readonly XmppServer _server;
    private readonly XmlStreamReader _reader;
    private readonly SaslLogin _login;
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private State _state = State.Header;
    private SaslIdentity? _identity;
    private StreamError? _error;
    private XmppSession? _session;
    private bool _greeted;
    private bool _inMessage;
    private int _closing;

    public XmppStream(IXmppLink link, XmppServer server)
    {
        (_link, _server) = (link, server);
        _reader = new XmlStreamReader(XmlLimits.BeforeLogin, link.Framing);
        _login = new SaslLogin(server, link);
        OpenedAt = server.Time.GetTimestamp();
    }

    private enum State
    {
        /// <summary>A header is to come.</summary>
        Header,
        Login,
        Bind,
        Bound,
        /// <summary>The server has ended the stream: only the client's end is waited for.</summary>
        Ended,
    }

    public IXmppLink Link => _link;

    public long OpenedAt { get; }

    /// <summary>Has nobody logged in yet?</summary>
    public bool IsAnonymous => _session is null;

    /// <summary>Has the server ended it because of what the client sent?</summary>
    public bool HasFailed => _error is not null;

    /// <summary>Completes when nothing more will be written.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Takes what came, all of it.</summary>
    public async ValueTask<StreamVerdict> ReceiveAsync(ReadOnlySequence<byte> input)
    {
        while (true)
        {
            var status = _reader.Read(ref input);
            if (status == XmlReadStatus.NeedMore)
            {
                if (_reader.IsBetween) _reader.Release();
                return StreamVerdict.GoOn;
            }
            var verdict = status switch
            {
                XmlReadStatus.StreamStart => OnHeader(),
                XmlReadStatus.Stanza => await OnElementAsync(_reader.Element).ConfigureAwait(false),
                XmlReadStatus.StreamEnd => StreamVerdict.End,
                _ => Fail(StreamError.Of(_reader.Fault)),
            };
            if (verdict == StreamVerdict.Encrypt && !input.IsEmpty && !IsWhiteSpace(input))
                return Fail(new(StreamCondition.PolicyViolation, "Nothing follows starttls until the server has answered."));
            if (verdict != StreamVerdict.GoOn) return verdict;
        }
    }

    /// <summary>One WebSocket message has ended (RFC 7395, section 3.3): it was one whole element.</summary>
    public StreamVerdict EndMessage()
    {
        var whole = _inMessage && _reader.IsBetween;
        _inMessage = false;
        return whole || _state == State.Ended ? StreamVerdict.GoOn : Fail(new(StreamCondition.BadFormat, "A message is one element."));
    }

    /// <summary>The connection is encrypted: the client begins anew.</summary>
    public void Restart()
    {
        _reader.Restart();
        (_state, _greeted) = (State.Header, false);
    }

    /// <summary>Nothing more is read.</summary>
    public void ReadingEnded() => _read.TrySetResult();

    /// <summary>Ends the stream; the first reason wins. Completes when all is done that the server does.</summary>
    public Task CloseAsync(CloseReason reason)
    {
        if (Volatile.Read(ref _session) is { } session) return session.CloseAsync(reason);
        return EndAsync(reason);
    }

    /// <summary>Says goodbye and ends the connection. Does not throw.</summary>
    public async Task EndAsync(CloseReason reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0)
        {
            await Ended.ConfigureAwait(false);
            return;
        }
        try
        {
            if (!StreamReasons.IsSilent(reason))
                await SayGoodbyeAsync(reason).WaitAsync(_server.Parts.EndTimeout(reason), _server.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var output = _link.Output;
            output.End();
            var idle = output.WaitForIdleAsync();
            // A read or a write that still waits for the client ends with the connection. Else the last bytes get there.
            if (!idle.IsCompleted || !_read.Task.IsCompleted) _link.Abort();
            await idle.ConfigureAwait(false);
            await _login.AbandonAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogFailed(error);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>Writes one element.</summary>
    public void Write(Action<XmlWriter> write)
    {
        var bytes = PooledBytes.OfThread();
        var inStream = _link.Framing == XmlFraming.Stream;
        write(OwnWriter().Begin(bytes, inStream ? XmppNamespaces.Client : XmlNamespace.None, inStream ? "stream" : null));
        _link.Append(bytes.Span);
    }

    void IOutputOwner.OnRoom() => Volatile.Read(ref _session)?.OnRoom();

    void IOutputOwner.OnOverflow() => _ = CloseAsync(CloseReason.SlowConsumer);

    void IOutputOwner.OnBroken(Exception error) => _ = CloseAsync(CloseReason.ClientGone);

    void IOutputOwner.OnWritten(int bytes) => _server.Parts.Metrics.Sent(_link.Transport, bytes);

    private async Task SayGoodbyeAsync(CloseReason reason)
    {
        if (reason == CloseReason.Drain && _session is { } session) await session.WhenAnsweredAsync().ConfigureAwait(false);
        var error = _error ?? StreamReasons.ErrorOf(reason);
        // An error comes within a stream, be it one that has just been opened for it (RFC 6120, section 4.9.1.2).
        if (error is not null)
        {
            Greet();
            Write(error.Write);
        }
        if (_link.Framing == XmlFraming.Documents) Write(static xml => xml.Empty(XmppNames.Close));
        else if (_greeted) _link.Append("</stream:stream>"u8);
        _link.AppendEnd();
        _state = State.Ended;
        await _link.Output.WaitForIdleAsync().ConfigureAwait(false);
        await _read.Task.ConfigureAwait(false);
    }

    private StreamVerdict Fail(StreamError error)
    {
        if (_state == State.Ended) return StreamVerdict.End;
        _error ??= error;
        LogRefused(_link.Transport, error.Condition.Name);
        _ = CloseAsync(CloseReason.ProtocolError);
        return StreamVerdict.End;
    }

    private StreamVerdict OnHeader()
    {
        if (_state == State.Ended) return StreamVerdict.GoOn;
        var good = StreamHeader.TryRead(_reader.Element, _link.Framing, _server.Domain, out _, out var error);
        Greet();
        if (!good) return Fail(error!);
        _state = _identity is null ? State.Login : State.Bind;
        Write(_identity is null ? _login.WriteFeatures : _server.Features.WriteStreamFeatures);
        _link.Output.Flush();
        return StreamVerdict.GoOn;
    }

    private void Greet()
    {
        if (_greeted) return;
        _greeted = true;
        var bytes = PooledBytes.OfThread();
        StreamHeader.Write(OwnWriter().Begin(bytes, XmlNamespace.None), _link.Framing, _server.Domain, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        _link.Append(bytes.Span);
    }

    private ValueTask<StreamVerdict> OnElementAsync(XmlElement element)
    {
        if (_link.Framing == XmlFraming.Documents)
        {
            if (_inMessage) return new(Fail(new(StreamCondition.BadFormat, "A message is one element.")));
            _inMessage = true;
            if (element.Is(XmppNames.Close)) return new(StreamVerdict.End);
            if (_state == State.Header) return new(OnHeader());
        }
        return _state switch
        {
            State.Login => OnLoginAsync(element),
            State.Bind => OnBindAsync(element),
            State.Bound => OnStanzaAsync(element),
            _ => new(StreamVerdict.GoOn),
        };
    }

    private async ValueTask<StreamVerdict> OnLoginAsync(XmlElement element)
    {
        if (element.Is(SaslLogin.StartTls) && _link.CanEncrypt)
        {
            Write(static xml => xml.Empty(SaslLogin.Proceed));
            return StreamVerdict.Encrypt;
        }
        if (!element.IsIn(XmppNamespaces.Sasl)) return Fail(new(StreamCondition.NotAuthorized, "A client logs in first."));
        var outcome = await _login.TakeAsync(element, _link.Gone).ConfigureAwait(false);
        if (_state == State.Ended) return StreamVerdict.End;
        Write(outcome.Answer);
        _link.Output.Flush();
        if (outcome.GiveUp) return Fail(new(StreamCondition.PolicyViolation, "Too many failed logins on one stream."));
        if (outcome.Identity is not { } identity) return StreamVerdict.GoOn;
        _identity = identity;
        _reader.Restart();
        _reader.Limits = _server.Limits;
        (_state, _greeted) = (State.Header, false);
        return StreamVerdict.GoOn;
    }

    private async ValueTask<StreamVerdict> OnBindAsync(XmlElement element)
    {
        var bound = await ResourceBinding.BindAsync(element, _identity!, this, _server, _link.Gone).ConfigureAwait(false);
        if (bound.Refused is { } error) return Fail(error);
        if (bound.Session is { } session)
        {
            Volatile.Write(ref _session, session);
            _state = State.Bound;
            // Closed from elsewhere before this stream knew of it.
            if (session.IsClosed) return StreamVerdict.End;
        }
        Write(bound.Answer!);
        _link.Output.Flush();
        return StreamVerdict.GoOn;
    }

    private async ValueTask<StreamVerdict> OnStanzaAsync(XmlElement element)
    {
        if (_session!.IsClosed) return StreamVerdict.GoOn;
        if (await _session.TakeAsync(element).ConfigureAwait(false) is { } error) return Fail(error);
        _link.Output.Flush();
        return StreamVerdict.GoOn;
    }

    private static bool IsWhiteSpace(ReadOnlySequence<byte> input)
    {
        foreach (var part in input)
        {
            if (part.Span.IndexOfAnyExcept(" \t\r\n"u8) >= 0) return false;
        }
        return true;
    }

    [ThreadStatic] private static XmlWriter? writerOfThread;

    private static XmlWriter OwnWriter() => writerOfThread ??= new XmlWriter();

    /// <summary>Something went wrong that is neither the client's fault nor the network's.</summary>
    public void LogFailed(Exception error) => LogFailed(_server.Log, error, _link.Transport);

    private void LogRefused(string transport, string condition) => LogRefused(_server.Log, transport, condition);

    [LoggerMessage(LogLevel.Error, "A stream over {Transport} failed.")]
    private static partial void LogFailed(ILogger log, Exception error, string transport);

    [LoggerMessage(LogLevel.Debug, "A stream over {Transport} was ended by the server: {Condition}.")]
    private static partial void LogRefused(ILogger log, string transport, string condition);
}
