namespace Krewe.TestKit;

public sealed partial class KreweCluster
{
    /// <summary>From now on this fraction of the events on gateway streams is lost.</summary>
    public void DropStreamItems(double fraction) => Faults.Drop = fraction;

    /// <summary>From now on this fraction of the events on gateway streams comes twice.</summary>
    public void RepeatStreamItems(double fraction) => Faults.Repeat = fraction;

    /// <summary>From now on this fraction of the events on gateway streams comes late.</summary>
    /// <param name="fraction">0 to 1.</param>
    /// <param name="longest">The longest delay; unless told, what it was, 50 ms at first.</param>
    public void DelayStreamItems(double fraction, TimeSpan? longest = null) => (Faults.MaxDelay, Faults.Delay) = (longest ?? Faults.MaxDelay, fraction);

    /// <summary>From now on the events of this fraction of batches change places.</summary>
    public void ReorderStreamItems(double fraction) => Faults.Reorder = fraction;

    /// <summary>From now on nothing reaches one silo's gateway from another silo; neither notices.</summary>
    public void CutStream(int from, int to) => Faults.Cut(Running(from).Handle.SiloAddress, Running(to).Handle.SiloAddress);

    /// <summary>The gateway streams are whole again; what was lost stays lost.</summary>
    public void RestoreStreams() => Faults.Clear();
}
