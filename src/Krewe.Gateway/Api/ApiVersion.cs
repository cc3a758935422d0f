namespace Krewe.Gateway.Api;

/// <summary>The version of the native API, which is not the server's: the first number is that of the paths (<c>/v1</c>), the second grows when something is added to it.</summary>
internal static class ApiVersion
{
    public const string Current = "1.0";
}
