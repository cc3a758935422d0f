using Krewe.Core.Limits;

namespace Krewe.Grains.Delivery;

/// <summary>What users may send.</summary>
/// <param name="Domain">Where recipients live; no other domain is connected.</param>
internal sealed record SendRules(string Domain, LimitOptions Limits);
