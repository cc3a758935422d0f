using Orleans.Placement;
using Orleans.Runtime.Placement;

// Orleans marks placement filters as experimental; there is no other way to keep grains off a silo that still lives.
#pragma warning disable ORLEANSEXP004

namespace Krewe.Grains.Draining;

/// <summary>Places a grain on silos that do not drain, while there are any.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ServingSiloAttribute() : PlacementFilterAttribute(new ServingSiloFilter());

/// <inheritdoc cref="ServingSiloAttribute"/>
internal sealed class ServingSiloFilter() : PlacementFilterStrategy(LastOfAll)
{
    // After those that say what a silo is for: of the silos that are left, any is better than none.
    private const int LastOfAll = 100;
}

/// <inheritdoc cref="ServingSiloAttribute"/>
internal sealed class ServingSiloDirector(DrainBoard board) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        if (board.IsEmpty) return silos;
        var all = silos.ToArray();
        var serving = all.Where(silo => !board.IsDraining(silo)).ToArray();
        return serving.Length > 0 ? serving : all;
    }
}
