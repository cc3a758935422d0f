using Krewe.Core.Addresses;

namespace Krewe.Grains.Push;

/// <summary>Who holds a token, and who has still to be told that they do not.</summary>
[GenerateSerializer, Alias("krewe.PushTokenState")]
internal sealed class PushTokenState
{
    /// <summary>Null: nobody.</summary>
    [Id(0)] public PushTokenHolder? Holder { get; set; }

    [Id(1)] public DateTimeOffset RegisteredAt { get; set; }

    /// <summary>The number of the holder's claim; never smaller than an earlier one.</summary>
    [Id(2)] public long Claim { get; set; }

    /// <summary>Former holders, each with the number of the claim that displaced it.</summary>
    [Id(3)] public Dictionary<PushTokenHolder, long> Displaced { get; set; } = [];

    /// <returns>As <see cref="IPushTokenGrain.ClaimAsync"/>.</returns>
    public long Take(PushTokenClaim claim, out bool changed)
    {
        var claimer = new PushTokenHolder(claim.Owner, claim.Device);
        changed = false;
        if (Holder == claimer)
        {
            changed = claim.RegisteredAt > RegisteredAt;
            if (changed) RegisteredAt = claim.RegisteredAt;
            return Claim;
        }
        // Whoever knows of a claim has lost it since; who does not, because it died with the answer, counts by its time.
        if (Holder is not null && !claim.Fresh && (claim.Known > 0 || claim.RegisteredAt <= RegisteredAt)) return 0;
        Claim = Math.Max(Claim, claim.Known) + 1;
        if (Holder is { } former) Displaced[former] = Claim;
        Displaced.Remove(claimer);
        (Holder, RegisteredAt, changed) = (claimer, claim.RegisteredAt, true);
        return Claim;
    }
}

[GenerateSerializer, Immutable, Alias("krewe.PushTokenHolder")]
internal sealed record PushTokenHolder([property: Id(0)] Jid Owner, [property: Id(1)] string Device);
