namespace Krewe.Client;

/// <summary>How a client behaves.</summary>
public sealed class KreweClientOptions
{
    /// <summary>How long a send is tried again, under the same id, while the server cannot be reached or says "later". Default: 60 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one request may take, long polls and streams excepted. Default: 30 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How repeated attempts are spaced.</summary>
    public BackoffOptions Backoff { get; set; } = new();

    /// <summary>What tells the time and wakes the client. Default: the system's clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>What HTTP requests go through; null: an own <see cref="SocketsHttpHandler"/>. WebSockets go through it too if it is a
    /// <see cref="SocketsHttpHandler"/> or wraps one.</summary>
    public HttpMessageHandler? Handler { get; set; }
}
