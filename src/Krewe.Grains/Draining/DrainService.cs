using Krewe.Core.Draining;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Krewe.Grains.Draining;

/// <summary>A silo's drain, as other silos reach it: by its address alone.</summary>
[Alias("krewe.IDrainService")]
internal interface IDrainService : IGrainService
{
    /// <inheritdoc cref="IClusterDrain.DrainAsync"/>
    [Alias("Drain")]
    ValueTask<DrainStatus> DrainAsync();

    [Alias("Status")]
    ValueTask<DrainStatus> StatusAsync();

    /// <summary>Another silo drains: nothing is to be placed there.</summary>
    [Alias("Note")]
    ValueTask NoteAsync(SiloAddress silo);
}

internal sealed class DrainService(GrainId id, Silo silo, ILoggerFactory loggers, ISiloDrain drain, DrainBoard board)
    : GrainService(id, silo, loggers), IDrainService
{
    public ValueTask<DrainStatus> DrainAsync()
    {
        _ = drain.DrainAsync();
        return StatusAsync();
    }

    public ValueTask<DrainStatus> StatusAsync() => new(drain.Status);

    public ValueTask NoteAsync(SiloAddress silo)
    {
        board.Note(silo);
        return default;
    }
}

internal sealed class DrainServiceClient(IServiceProvider services) : GrainServiceClient<IDrainService>(services), IClusterDrain
{
    public IDrainService On(SiloAddress silo) => GetGrainService(silo);

    public ValueTask<DrainStatus> DrainAsync(SiloAddress silo) => On(silo).DrainAsync();

    public ValueTask<DrainStatus> StatusAsync(SiloAddress silo) => On(silo).StatusAsync();
}
