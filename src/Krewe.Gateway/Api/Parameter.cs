namespace Krewe.Gateway.Api;

/// <summary>Where a parameter stands in the request.</summary>
internal enum ParameterPlace
{
    Path,
    Query,
    Header,
}

/// <summary>A parameter of a call, with its bounds: what is enforced and what is published.</summary>
internal abstract record Parameter(string Name, ParameterPlace Place, string Description);

/// <summary>A whole number in the query.</summary>
/// <param name="Default">What leaving it out means; null: something that is no number.</param>
internal sealed record NumberParameter(string Name, string Description, long Min, long Max = long.MaxValue, long? Default = null)
    : Parameter(Name, ParameterPlace.Query, Description);

/// <summary>A user's bare address, or a name of the local domain, in the path.</summary>
internal sealed record AddressParameter() : Parameter("address", ParameterPlace.Path, "A user's address; a name without @ means the local domain.");

/// <summary>The name of one of the caller's devices, in the path.</summary>
internal sealed record DeviceParameter() : Parameter("device", ParameterPlace.Path, "The name of one of the caller's devices.");

/// <summary>A header that the call understands.</summary>
internal sealed record HeaderParameter(string Name, string Description) : Parameter(Name, ParameterPlace.Header, Description);

/// <summary>Parameters that several calls have.</summary>
internal static class Parameters
{
    public static readonly AddressParameter Address = new();

    public static readonly DeviceParameter Device = new();

    public static readonly NumberParameter Limit = new("limit", "How many items, at most.", 1, 500, 100);
}
