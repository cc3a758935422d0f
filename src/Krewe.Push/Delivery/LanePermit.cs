using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Delivery;

/// <summary>The right to make one attempt on a lane, which is given back if none is made.</summary>
internal sealed class LanePermit(PushPlatform platform, Lane lane) : IDisposable
{
    private bool _used;

    public PushPlatform Platform => platform;

    public void Leave(PushOutcome outcome)
    {
        _used = true;
        lane.Leave(outcome);
    }

    public void Dispose()
    {
        if (!_used) lane.Return(1);
        _used = true;
    }
}
