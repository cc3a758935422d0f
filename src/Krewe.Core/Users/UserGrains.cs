using System.Collections.Concurrent;
using Krewe.Core.Addresses;

namespace Krewe.Core.Users;

/// <summary>References to users' grains. Asking the factory by type costs microseconds, since it reads the type's name anew each time, and every message asks twice.</summary>
public sealed class UserGrains(IGrainFactory factory)
{
    private readonly ConcurrentDictionary<Type, Kind> _kinds = new();

    public T Get<T>(Jid user)
        where T : class, IGrainWithStringKey
    {
        if (_kinds.TryGetValue(typeof(T), out var kind))
        {
            return (T)factory.GetGrain(GrainId.Create(kind.Grain, user.Text), kind.Interface);
        }
        var grain = factory.GetGrain<T>(user.Text);
        if (grain is GrainReference reference)
        {
            _kinds.TryAdd(typeof(T), new(reference.GrainId.Type, reference.InterfaceType));
        }
        return grain;
    }

    private sealed record Kind(GrainType Grain, GrainInterfaceType Interface);
}
