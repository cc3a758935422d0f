using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Gateway.Accounts;
using Krewe.Protocols.Json;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Api;

/// <summary>A call that has passed the checks that all calls share.</summary>
internal sealed class ApiRequest(HttpContext context, Query query, Caller? caller, ReadOnlyMemory<byte> body, RequestBounds bounds)
{
    public HttpContext Context => context;

    /// <summary>The user who calls; not on calls that anybody may make.</summary>
    public Caller Caller => caller ?? throw new InvalidOperationException("The operation is open to anybody: it has no caller.");

    public Jid Address => Caller.Address;

    public string Domain => bounds.Domain;

    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>Reads the body; one that was left out where it may be is an object without members.</summary>
    public bool TryReadBody(out JsonObject json, [NotNullWhen(false)] out Fault? fault)
    {
        fault = null;
        json = JsonObject.Empty;
        return body.IsEmpty && BodyIsOptional || JsonObject.TryRead(body.Span, bounds.JsonDepth, out json, out fault);
    }

    public required bool BodyIsOptional { get; init; }

    /// <summary>Reads a number; its default, if it is left out.</summary>
    public bool TryGet(NumberParameter parameter, out long? number, [NotNullWhen(false)] out Fault? fault)
    {
        if (!query.TryGetNumber(parameter.Name, parameter.Min, parameter.Max, out number, out fault)) return false;
        number ??= parameter.Default;
        return true;
    }

    public bool TryGet(AddressParameter parameter, out Jid address, [NotNullWhen(false)] out Fault? fault)
    {
        address = default;
        if (!RouteText.TryGet(context, parameter.Name, out var text, out fault)) return false;
        if (!Jid.TryParseUser(text, bounds.Domain, out address, out var error)) fault = Fault.BadRequest(parameter.Name, error);
        return fault is null;
    }

    public bool TryGet(DeviceParameter parameter, [NotNullWhen(true)] out string? device, [NotNullWhen(false)] out Fault? fault)
    {
        device = null;
        return RouteText.TryGet(context, parameter.Name, out var text, out fault) && DeviceName.TryParse(text, parameter.Name, out device, out fault);
    }
}

/// <summary>What a request is measured by.</summary>
internal sealed record RequestBounds(string Domain, int BodyBytes, int JsonDepth);
