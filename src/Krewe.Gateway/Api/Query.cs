using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Errors;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Api;

/// <summary>A request's query, read strictly: sound percent-encoding and UTF-8, no parameter twice.</summary>
internal sealed class Query
{
    private static readonly Query Empty = new();

    private readonly List<KeyValuePair<string, string>> _parameters = [];

    /// <summary>Reads the query, once a request.</summary>
    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out Query? query, [NotNullWhen(false)] out Fault? fault)
    {
        var items = request.HttpContext.Items;
        if (items.TryGetValue(typeof(Query), out var read)) return ((Outcome<Query>)read!).TryGet(out query, out fault);
        if (!request.QueryString.HasValue)
        {
            (query, fault) = (Empty, null);
            return true;
        }
        var sound = TryParse(request.QueryString.Value.AsSpan(1), out query, out fault);
        items[typeof(Query)] = sound ? new Outcome<Query>(query!) : new Outcome<Query>(fault!);
        return sound;
    }

    /// <summary>Reads the query and takes a secret out of the request's own copy of it. A query that cannot be read is emptied: who knows what it has.</summary>
    public static void Hide(HttpRequest request, string secret)
    {
        if (!request.QueryString.HasValue || request.HttpContext.Items.ContainsKey(typeof(Query))) return;
        var sound = TryRead(request, out var query, out _);
        if (!sound) request.QueryString = default;
        else if (query!.TryGet(secret, out _))
            request.QueryString = QueryString.Create(query._parameters.Where(parameter => parameter.Key != secret).Select(p => new KeyValuePair<string, string?>(p.Key, p.Value)));
    }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Query? query, [NotNullWhen(false)] out Fault? fault)
    {
        query = null;
        var parsed = new Query();
        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf('=');
            var rawName = equals < 0 ? pair : pair[..equals];
            if (!PercentEncoding.TryDecode(rawName, plusIsSpace: true, out var name))
            {
                fault = new Fault(FaultCode.BadRequest, "The name of a query parameter is not percent-encoded UTF-8.");
                return false;
            }
            if (!PercentEncoding.TryDecode(equals < 0 ? [] : pair[(equals + 1)..], plusIsSpace: true, out var value))
            {
                fault = Fault.BadRequest(Printable(name), "The value is not percent-encoded UTF-8.");
                return false;
            }
            if (parsed.TryGet(name, out _))
            {
                fault = Fault.BadRequest(Printable(name), "The parameter is given twice.");
                return false;
            }
            // Nothing here takes so many; the bound keeps the search for duplicates short.
            if (parsed._parameters.Count == 32)
            {
                fault = new Fault(FaultCode.BadRequest, "The query has more than 32 parameters.");
                return false;
            }
            parsed._parameters.Add(new(name, value));
        }
        (query, fault) = (parsed, null);
        return true;
    }

    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        foreach (var (key, text) in _parameters)
        {
            if (!string.Equals(key, name, StringComparison.Ordinal)) continue;
            value = text;
            return true;
        }
        value = null;
        return false;
    }

    /// <summary>A whole number, or null where the parameter is left out.</summary>
    public bool TryGetNumber(string name, long min, long max, out long? number, [NotNullWhen(false)] out Fault? fault)
    {
        number = null;
        fault = null;
        if (!TryGet(name, out var text)) return true;
        if (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            number = value;
            return true;
        }
        fault = Fault.BadRequest(name, max == long.MaxValue ? $"A whole number from {min} on." : $"A whole number from {min} to {max}.");
        return false;
    }

    private static string Printable(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
