namespace Krewe.TestKit.Push;

/// <summary>How a fake push service is made.</summary>
public class FakePushOptions
{
    /// <summary>TLS with HTTP/2, as the real service speaks, with a certificate made for the occasion. False: HTTP/1.1 without TLS. Default: false.</summary>
    public bool Tls { get; set; }

    /// <summary>Further names that the certificate is good for, beside localhost and 127.0.0.1: those of the real service, if what is tested insists on them.
    /// Default: none.</summary>
    public IList<string> HostNames { get; } = [];

    /// <summary>The clock that tokens are judged by. Default: the system's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
