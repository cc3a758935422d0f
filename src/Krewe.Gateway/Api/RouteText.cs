using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Krewe.Gateway.Api;

/// <summary>A parameter in the path, decoded strictly. The server decodes paths leniently: it lets bad escapes stand as text
/// and keeps %2F, so that "%zz" and "%25zz" would be the same address.</summary>
internal static class RouteText
{
    public static bool TryGet(HttpContext context, string name, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out Fault? fault)
    {
        fault = null;
        if (TryFindRaw(context, name, out var raw) ? PercentEncoding.TryDecode(raw, plusIsSpace: false, out text) : TryUnescaped(context, name, out text))
            return true;
        fault = Fault.BadRequest(name, "The path is not percent-encoded UTF-8 here.");
        return false;
    }

    private static bool TryFindRaw(HttpContext context, string name, out ReadOnlySpan<char> raw)
    {
        raw = default;
        var target = (context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").AsSpan();
        if (context.GetEndpoint() is not RouteEndpoint endpoint || target.IsEmpty || target[0] != '/') return false;
        if (target.IndexOf('?') is >= 0 and var question) target = target[..question];
        target = target.TrimEnd('/');
        var pattern = endpoint.RoutePattern.PathSegments;
        // From the end, for the application may live below a path base.
        for (var i = pattern.Count - 1; i >= 0; i--)
        {
            var slash = target.LastIndexOf('/');
            if (slash < 0) return false;
            var segment = target[(slash + 1)..];
            // Dot segments were resolved before routing: then the two do not correspond.
            if (segment is "." or ".." || segment.Contains("%2e", StringComparison.OrdinalIgnoreCase)) return false;
            if (pattern[i].Parts is [RoutePatternParameterPart part] && part.Name == name)
            {
                raw = segment;
                return true;
            }
            target = target[..slash];
        }
        return false;
    }

    private static bool TryUnescaped(HttpContext context, string name, [NotNullWhen(true)] out string? text)
    {
        text = context.GetRouteValue(name) as string;
        return text is not null && !text.Contains('%');
    }
}
