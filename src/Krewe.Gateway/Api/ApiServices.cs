using Krewe.Core.Limits;
using Krewe.Core.Users;
using Krewe.Gateway.Api.Description;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Api;

/// <summary>The calls of the native API.</summary>
internal static class ApiServices
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<IHttpContextFactory, TokenHidingContextFactory>());
        services.TryAddSingleton<UserGrains>();
        return services
            .AddSingleton<ApiMetrics>()
            .AddSingleton<Users>()
            .AddSingleton<ApiPipeline>()
            .AddSingleton<IApiEndpoints, MessageEndpoints>()
            .AddSingleton<IApiEndpoints, PresenceEndpoints>()
            .AddSingleton<IApiEndpoints, ContactEndpoints>()
            .AddSingleton<IApiEndpoints, BlockEndpoints>()
            .AddSingleton<IApiEndpoints, MuteEndpoints>()
            .AddSingleton<IApiEndpoints, DeviceEndpoints>();
    }

    /// <summary>Maps every <see cref="IApiEndpoints"/> that was registered.</summary>
    public static void MapApi(this IEndpointRouteBuilder routes, IServiceProvider services)
    {
        var api = new ApiRoutes(routes, services.GetRequiredService<ApiPipeline>());
        foreach (var endpoints in services.GetServices<IApiEndpoints>()) endpoints.Map(api);
        routes.MapOpenApiPage(api.Operations, services.GetRequiredService<IOptions<LimitOptions>>().Value);
    }
}
