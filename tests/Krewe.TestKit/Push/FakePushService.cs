using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Krewe.TestKit.Push;

/// <summary>
/// A push service on loopback. It refuses what the real one refuses, plays scripts of trouble, and remembers what it got. A request that breaks the service's
/// rules gets the service's refusal, whatever the script says; the script is for requests that are in order.
/// </summary>
public abstract class FakePushService<TPush> : IAsyncDisposable where TPush : FakePush
{
    private readonly FakePushOptions _options;
    private readonly ReplyScript _script = new();
    private readonly PushLog<TPush> _log;
    private WebApplication? _app;
    private readonly List<string> _files = [];
    private Socket? _placeholder;

    private protected FakePushService(string name, FakePushOptions options)
    {
        (_options, _log) = (options, new PushLog<TPush>(name));
        if (options.Tls) Certificate = FakeCertificate.Create(options.HostNames);
    }

    /// <summary>Where it listens; stays the same over <see cref="StopAsync"/> and <see cref="StartAgainAsync"/>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>What a sender has to trust, if there is TLS.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Everything that came to the sending endpoint, in order.</summary>
    public IReadOnlyList<TPush> Requests => _log.All;

    /// <summary>The pushes that were taken, in order.</summary>
    public IReadOnlyList<TPush> Taken => [.. _log.All.Where(static push => push.Taken)];

    /// <summary>What was taken for one device.</summary>
    public IReadOnlyList<TPush> TakenFor(string token) => [.. _log.All.Where(push => push.Taken && push.Token == token)];

    /// <summary>The first request, past or to come, that fits.</summary>
    /// <param name="match">What fits.</param>
    /// <param name="patience">How long it may take. Default: 30 s.</param>
    /// <exception cref="TimeoutException">None came; the message says what did.</exception>
    public Task<TPush> WaitAsync(Func<TPush, bool> match, TimeSpan? patience = null) => _log.FirstAsync(match, patience);

    /// <summary>Waits until what came so far is enough.</summary>
    /// <inheritdoc cref="WaitAsync"/>
    public Task WaitForAsync(Func<IReadOnlyList<TPush>, bool> enough, TimeSpan? patience = null) => _log.UntilAsync(enough, patience);

    /// <summary>Waits until so many pushes were taken.</summary>
    public Task WaitForTakenAsync(int count, TimeSpan? patience = null) => _log.UntilAsync(pushes => pushes.Count(static push => push.Taken) >= count, patience);

    /// <summary>The next requests, whoever's they are, get these replies, one each.</summary>
    public void Next(params FakeReply[] replies) => _script.Add(null, replies);

    /// <summary>The next requests for one token get these replies, one each.</summary>
    public void Next(string token, params FakeReply[] replies) => _script.Add(token, replies);

    /// <summary>From now on every request gets this reply, unless one is queued; null ends it.</summary>
    public void Always(FakeReply? reply) => _script.Fix(null, reply);

    /// <summary>From now on every request for one token gets this reply, unless one is queued; null ends it.</summary>
    public void Always(string token, FakeReply? reply) => _script.Fix(token, reply);

    /// <summary>Forgets what came so far.</summary>
    public void Forget() => _log.Clear();

    /// <summary>An outage: open connections break and new ones are refused.</summary>
    public async Task StopAsync()
    {
        if (_app is not { } app) return;
        _app = null;
        await app.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
        // Bound but not listening: connections are refused, and nobody else gets the port meanwhile.
        _placeholder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _placeholder.Bind(new IPEndPoint(IPAddress.Loopback, Address.Port));
    }

    /// <summary>The end of the outage, at the same address.</summary>
    public Task StartAgainAsync() => _app is null ? ListenAsync() : Task.CompletedTask;

    /// <summary>Writes what a process has to trust, as PEM: for the environment variables SSL_CERT_FILE (.NET on Linux, OpenSSL) or NODE_EXTRA_CA_CERTS.</summary>
    public Task WriteCertificateAsync(string path) =>
        File.WriteAllTextAsync(path, (Certificate ?? throw new InvalidOperationException("There is no TLS.")).ExportCertificatePem());

    /// <summary>Stops it for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _placeholder?.Dispose();
        Certificate?.Dispose();
        DisposeKeys();
        foreach (var file in _files) File.Delete(file);
        GC.SuppressFinalize(this);
    }

    /// <summary>What the real service speaks.</summary>
    private protected virtual HttpProtocols TlsProtocols => HttpProtocols.Http1AndHttp2;

    private protected TimeProvider Time => _options.Time;

    private protected abstract void DisposeKeys();

    /// <summary>A file that goes with the fake.</summary>
    private protected string NewFile(string content)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, content);
        _files.Add(file);
        return file;
    }

    /// <summary>Answers what came to any path; the sending endpoint goes through <see cref="PlayAsync"/>.</summary>
    private protected abstract Task HandleAsync(HttpContext context);

    private protected async Task ListenAsync()
    {
        _placeholder?.Dispose();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, Address.Port, listen =>
            {
                listen.Protocols = _options.Tls ? TlsProtocols : HttpProtocols.Http1;
                if (!_options.Tls) return;
                listen.UseHttps(Certificate!);
                listen.Use(next => connection => Http2Farewell.RunAsync(connection, next));
            });
        });
        var app = builder.Build();
        app.Run(HandleAsync);
        await app.StartAsync().ConfigureAwait(false);
        Address = new Uri(app.Urls.Single());
        _app = app;
    }

    /// <summary>Answers a request by the rules, or by the script if it is in order, and takes note of it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="push">What it says.</param>
    /// <param name="refusal">What the rules have against it.</param>
    /// <param name="success">What the service answers when it takes a push.</param>
    private protected async Task PlayAsync(HttpContext context, TPush push, FakeReply? refusal, Func<FakeReply> success)
    {
        var reply = refusal ?? _script.Take(push.Token);
        var gate = reply.HeldBy;
        var farewell = context.Features.Get<Http2Farewell>();
        var stream = context.Features.Get<IHttp2StreamIdFeature>()?.StreamId ?? 0;
        var taking = reply.Deed is FakeDeed.Judge or FakeDeed.Farewell;
        if (taking && farewell?.TryTake(stream) == false)
        {
            // The connection was given up before this one: the sender has been told so.
            await HangAsync(context).ConfigureAwait(false);
            return;
        }
        switch (reply.Deed)
        {
            case FakeDeed.Hang:
                Note(push, reply with { Reason = "left hanging" }, answered: false);
                await HangAsync(context).ConfigureAwait(false);
                return;
            case FakeDeed.GoAway when farewell is not null:
                Note(push, reply with { Reason = "GOAWAY" }, answered: false);
                farewell.GoAway();
                await HangAsync(context).ConfigureAwait(false);
                return;
            case FakeDeed.Reset or FakeDeed.GoAway:
                Note(push, reply with { Reason = "connection broken" }, answered: false);
                context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
                return;
            case FakeDeed.Farewell:
                context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
                reply = success();
                break;
            case FakeDeed.Judge:
                reply = success();
                break;
        }
        if (gate is not null) await gate.PassAsync().ConfigureAwait(false);
        Note(push, reply, answered: true, taken: reply is { Status: 200, Reason: null });
        await WriteAsync(context, reply).ConfigureAwait(false);
    }

    private protected static async Task WriteAsync(HttpContext context, FakeReply reply)
    {
        context.Response.StatusCode = reply.Status;
        if (reply.RetryAfter is { } wait) context.Response.Headers.RetryAfter = ((long)wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (reply.Body is not { } body) return;
        context.Response.ContentType = reply.ContentType;
        await context.Response.WriteAsync(body).ConfigureAwait(false);
    }

    private protected static IReadOnlyDictionary<string, string> HeadersOf(HttpRequest request) =>
        request.Headers.ToDictionary(static header => header.Key.ToLowerInvariant(), static header => header.Value.ToString());

    private void Note(TPush push, FakeReply reply, bool answered, bool taken = false) =>
        _log.Add((TPush)((FakePush)push with { Status = answered ? reply.Status : null, Reason = reply.Reason, Taken = taken }));

    private static async Task HangAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.RequestAborted.Register(() => gone.TrySetResult()).ConfigureAwait(false)) await gone.Task.ConfigureAwait(false);
    }
}
