// RFC 6120, section 3: TCP binding; section 5: STARTTLS; XEP-0368: SRV records for XMPP over TLS, version 1.1.0.
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Krewe.Core.Connections;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Xmpp;
using Krewe.Gateway.Xmpp.Login;
using Krewe.Gateway.Xmpp.Streams;
using Krewe.Protocols.Xmpp.Sasl;
using Krewe.Protocols.Xmpp.Xml;
using Microsoft.AspNetCore.Connections;

namespace Krewe.Gateway.Transports.Tcp;

/// <summary>One TCP connection that carries a stream, in clear and then encrypted, or encrypted from the start.</summary>
internal sealed class TcpLink : IXmppLink
{
    private static readonly List<SslApplicationProtocol> Protocols = [new("xmpp-client")];
    private static readonly TimeSpan Discarding = TimeSpan.FromSeconds(1);
    private static readonly StreamPipeReaderOptions ZeroByteReads = new(leaveOpen: true, useZeroByteReads: true);

    private readonly ConnectionContext _connection;
    private readonly XmppServer _server;
    private readonly PendingLogins _pending;
    private readonly IServerCertificate? _certificate;
    private readonly XmppStream _stream;
    private PipeReader _input;
    private OutputQueue _output;
    private SslStream? _tls;
    private long _lastRead;

    public TcpLink(ConnectionContext connection, IPAddress? remote, XmppServer server, PendingLogins pending, IServerCertificate? certificate)
    {
        (_connection, Remote, _server, _pending, _certificate) = (connection, remote, server, pending, certificate);
        _lastRead = server.Time.GetTimestamp();
        _input = connection.Transport.Input;
        _stream = new XmppStream(this, server);
        _output = MakeOutput(connection.Transport.Output.AsStream(leaveOpen: true));
    }

    public string Transport => "xmpp-tcp";

    public XmlFraming Framing => XmlFraming.Stream;

    public bool IsEncrypted => _tls is not null;

    public bool CanEncrypt => _tls is null && _certificate is not null;

    public ChannelBindings Bindings { get; private set; } = ChannelBindings.None;

    public IPAddress? Remote { get; }

    public long LastRead => Volatile.Read(ref _lastRead);

    public CancellationToken Gone => _connection.ConnectionClosed;

    public OutputQueue Output => Volatile.Read(ref _output);

    public void Append(ReadOnlySpan<byte> element) => Output.Append(element);

    // White space between stanzas (RFC 6120, section 4.6.1).
    public void AppendHeartbeat() => Output.Append(" "u8);

    public void AppendEnd()
    {
    }

    public void Abort() => _connection.Abort();

    public async Task RunAsync(bool encrypted)
    {
        _pending.Watch(_stream);
        var reason = CloseReason.ClientGone;
        try
        {
            if (!encrypted || await TryEncryptAsync().ConfigureAwait(false)) reason = await ReadAsync().ConfigureAwait(false);
            if (_stream.HasFailed) await DiscardAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or ConnectionAbortedException)
        {
            // The client is gone, or the connection was broken off here.
        }
        catch (Exception error)
        {
            _stream.LogFailed(error);
            reason = CloseReason.Internal;
        }
        finally
        {
            _stream.ReadingEnded();
            await _stream.CloseAsync(reason).ConfigureAwait(false);
            _pending.Leave(_stream);
            if (_tls is not null) await _tls.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<CloseReason> ReadAsync()
    {
        while (true)
        {
            var read = await _input.ReadAsync().ConfigureAwait(false);
            Volatile.Write(ref _lastRead, _server.Time.GetTimestamp());
            var verdict = await _stream.ReceiveAsync(read.Buffer).ConfigureAwait(false);
            _input.AdvanceTo(read.Buffer.End);
            if (verdict == StreamVerdict.Encrypt)
            {
                await Output.WaitForIdleAsync().ConfigureAwait(false);
                if (!await TryEncryptAsync().ConfigureAwait(false)) return CloseReason.ClientGone;
                _stream.Restart();
                continue;
            }
            if (verdict == StreamVerdict.End) return CloseCodes.Normal;
            if (read.IsCompleted || read.IsCanceled) return CloseReason.ClientGone;
            if (!_stream.IsAnonymous) _pending.Leave(_stream);
            // Who does not read what it is sent is not read from either.
            await Output.WaitForRoomAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Reads and forgets for a moment: a socket that is closed with bytes unread is reset, and the last words may be lost with it.</summary>
    private async Task DiscardAsync()
    {
        using var over = new CancellationTokenSource(Discarding, _server.Time);
        while (true)
        {
            var read = await _input.ReadAsync(over.Token).ConfigureAwait(false);
            _input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    private async Task<bool> TryEncryptAsync()
    {
        if (_certificate is null) return false;
        var context = _certificate.Current;
        var tls = new SslStream(new DuplexStream(_connection.Transport));
        using var timeout = new CancellationTokenSource(_server.Options.LoginTimeout, _server.Time);
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = context,
                    // RFC 7590, section 3.1, and what is left of TLS that is not broken.
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    ApplicationProtocols = Protocols,
                    AllowRenegotiation = false,
                },
                timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            return false;
        }
        // What was in clear is over and done with: nothing of it is read or written any more.
        _output.End();
        Bindings = EndPointBinding.Of(context.TargetCertificate);
        _input = PipeReader.Create(tls, ZeroByteReads);
        Volatile.Write(ref _output, MakeOutput(tls));
        _tls = tls;
        return true;
    }

    private OutputQueue MakeOutput(Stream wire) => new(wire, _server.Parts.Limits.SendQueueBytes, _stream, _server.Time);
}
