using Krewe.Core.Accounts;

namespace Krewe.Grains.Users;

/// <summary>What is kept of an account. It outlives the account: a name is not given out again.</summary>
[GenerateSerializer, Alias("krewe.AccountState")]
internal sealed class AccountState
{
    [Id(0)] public AccountStatus Status { get; set; }

    /// <summary>Null for accounts of an external issuer.</summary>
    [Id(1)] public Credentials? Credentials { get; set; }

    /// <summary>Signed-out tokens that have not expired, with their time of expiry.</summary>
    [Id(2)] public Dictionary<string, DateTimeOffset> RevokedTokens { get; set; } = [];

    /// <summary>Every token that expires no later is signed out too.</summary>
    [Id(3)] public DateTimeOffset RevokedUntil { get; set; }

    /// <summary>Null: before this was kept.</summary>
    [Id(4)] public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Devices that were signed out as a whole: their tokens issued up to then are not good.</summary>
    [Id(5)] public Dictionary<string, DateTimeOffset> SignedOutDevices { get; set; } = [];

    /// <summary>The same for every device.</summary>
    [Id(6)] public DateTimeOffset? SignedOutAt { get; set; }
}

[GenerateSerializer, Alias("krewe.AccountStatus")]
internal enum AccountStatus
{
    None = 0,
    Active = 1,
    /// <summary>Deletion has begun and may have to be finished.</summary>
    Deleting = 2,
    Deleted = 3,
    /// <summary>By the operator: for everybody as if it were not there, but complete. A status of its own, so that an older server does not take it for active.</summary>
    Disabled = 4,
}
