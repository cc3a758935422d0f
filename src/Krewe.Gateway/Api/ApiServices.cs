using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Gateway.Api;

/// <summary>The calls of the native API.</summary>
internal static class ApiServices
{
    public static IServiceCollection AddApi(this IServiceCollection services) => services.AddSingleton<Users>();
}
