using System.Reflection;
using Krewe.Push.Apns;

namespace Krewe.Push.Tests.Senders;

/// <summary>A grain factory that knows the one grain a sender asks for, without a silo.</summary>
public class ProviderTokens : DispatchProxy, IProviderTokenGrain
{
    private ProviderToken? _token;

    internal static IGrainFactory For(ApnsOptions options, TimeProvider time)
    {
        var factory = Create<IGrainFactory, ProviderTokens>();
        ((ProviderTokens)(object)factory)._token = new ProviderToken(options, time);
        return factory;
    }

    ValueTask<string> IProviderTokenGrain.GetAsync(string? expired) => new(_token!.Get(expired));

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.ReturnType == typeof(IProviderTokenGrain) ? this : throw new NotSupportedException(targetMethod?.Name);
}
