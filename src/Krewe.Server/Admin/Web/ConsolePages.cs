using System.Net.Mime;
using System.Text;
using Krewe.Gateway.Web;
using Microsoft.Net.Http.Headers;

namespace Krewe.Server.Admin.Web;

/// <summary>The console and the page to sign in to it. What they are made of has no secrets, and the sign-in page needs it before anybody is signed in.</summary>
internal sealed class ConsolePages
{
    public const string Assets = "/assets";

    /// <summary>Scripts and styles come from this listener alone, and no script can make HTML or a script out of text.</summary>
    public const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Trouble = "{{trouble}}";
    private const string Console = "console.html";
    private const string Login = "login.html";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    private readonly IReadOnlyList<WebAsset> _assets = WebAsset.LoadAll(typeof(ConsolePages).Assembly);
    private readonly string _login;

    public ConsolePages() => _login = Encoding.UTF8.GetString(_assets.Single(asset => asset.Name == Login).Content.Span);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var asset in _assets.Where(asset => asset.Name != Login))
            endpoints.MapMethods(asset.Name == Console ? "/" : $"{Assets}/{asset.Name}", Methods, context => ServeAsync(context, asset)).ExcludeFromDescription();
    }

    /// <param name="trouble">A sentence of ours; null: none.</param>
    public IResult SignIn(string? trouble, int status = StatusCodes.Status200OK) =>
        Results.Content(_login.Replace(Trouble, trouble, StringComparison.Ordinal), MediaTypeNames.Text.Html, Encoding.UTF8, status);

    private static Task ServeAsync(HttpContext context, WebAsset asset)
    {
        // The names carry no version: a browser asks each time and is mostly answered with 304. The page itself is for who is signed in.
        if (asset.Name != Console)
            context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(asset.Content, asset.ContentType, entityTag: new EntityTagHeaderValue(asset.ETag)).ExecuteAsync(context);
    }
}
