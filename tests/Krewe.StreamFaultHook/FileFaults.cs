using Krewe.Core.Gateways;
using Krewe.Streams.Faults;
using Orleans.Runtime;

namespace Krewe.StreamFaultHook;

/// <summary>Does what a file says, while it is there: <c>drop</c> loses every event, <c>cut</c> everything unnoticed. Leaves a second file as a sign that it did.</summary>
internal sealed class FileFaults(string file) : IGatewayStreamFaults
{
    private int _felt;

    public bool Receive(SiloAddress core, SiloAddress gateway, IReadOnlyList<GatewayEvent> events, Action<IReadOnlyList<GatewayEvent>> deliver)
    {
        if (Says("drop")) return false;
        deliver(events);
        return true;
    }

    public bool IsCut(SiloAddress core, SiloAddress gateway) => Says("cut");

    private bool Says(string word)
    {
        try
        {
            if (!File.Exists(file) || File.ReadAllText(file) != word) return false;
            if (Interlocked.Exchange(ref _felt, 1) == 0) File.WriteAllText($"{file}.felt", word);
            return true;
        }
        catch (IOException)
        {
            // Being written, or just gone.
            return false;
        }
    }
}
