using System.Net.Sockets;
using Krewe.Core.Mailboxes;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Lifetime;

/// <summary>Turns what went wrong at start into one line for the operator.</summary>
internal static class StartFailure
{
    /// <summary>The line, or null when it is a bug that needs its stack trace.</summary>
    public static StartRefusedException? Explain(Exception exception)
    {
        foreach (var trouble in Chain(exception))
        {
            switch (trouble)
            {
                case StartRefusedException refused:
                    return refused;
                case StoreStartException store:
                    return new StartRefusedException(store.Message);
                case OptionsValidationException options:
                    return StartRefusedException.Configuration([.. options.Failures]);
                // Kestrel wraps what the socket said, with the address in its message.
                case IOException { InnerException: AddressInUseException }:
                    return new StartRefusedException($"{trouble.Message.TrimEnd('.')}: choose another port (Krewe:Http:Listen, Krewe:Http:TlsListen, Krewe:Xmpp:Listen, Krewe:Admin:Listen) or stop the process that has it");
                case AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }:
                    return new StartRefusedException("a port is in use: choose another one (Krewe:Http:Listen, Krewe:Admin:Listen, Krewe:Cluster:SiloListen) or stop the process that has it");
                case SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } socket:
                    return new StartRefusedException($"cannot listen: {socket.Message}; see Krewe:Http:Listen, Krewe:Http:TlsListen and Krewe:Admin:Listen");
                case UnauthorizedAccessException:
                    return new StartRefusedException($"{trouble.Message} See Krewe:Storage:Path.");
            }
        }
        return null;
    }

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        yield return exception;
        var inner = exception is AggregateException aggregate ? aggregate.InnerExceptions : exception.InnerException is { } one ? [one] : (IEnumerable<Exception>)[];
        foreach (var trouble in inner.SelectMany(Chain))
            yield return trouble;
    }
}
