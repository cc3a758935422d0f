using Krewe.Server.Admin;
using Microsoft.AspNetCore.Http;

namespace Krewe.Server.Tests.Admin;

/// <summary>A signed-in browser sends its cookie along with what any page makes it send.</summary>
public sealed class ForeignPageTests
{
    [Theory]
    [InlineData("same-origin", null, true)]
    [InlineData("same-origin", "http://evil.example", true)]
    [InlineData("same-site", "http://127.0.0.1:8081", false)]
    [InlineData("cross-site", "http://127.0.0.1:8081", false)]
    [InlineData("none", null, false)]
    [InlineData(null, "http://127.0.0.1:8081", true)]
    [InlineData(null, "http://127.0.0.1:8080", false)]
    [InlineData(null, "https://127.0.0.1:8081", false)]
    [InlineData(null, "http://evil.example", false)]
    [InlineData(null, "null", false)]
    [InlineData(null, null, false)]
    public void Only_the_listeners_own_pages_change_anything(string? site, string? origin, bool own)
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("http", new HostString("127.0.0.1:8081"));
        if (site is not null) request.Headers["Sec-Fetch-Site"] = site;
        if (origin is not null) request.Headers.Origin = origin;

        Assert.Equal(own, AdminSessions.IsOwnPage(request));
    }
}
