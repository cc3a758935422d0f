using System.Collections.Immutable;
using Krewe.Core.Addresses;

namespace Krewe.Core.Accounts;

/// <summary>Who has, or had, an account: the names under which the user grains keep their state.</summary>
public interface IUserList
{
    /// <summary>The grain state that each of them has, by the name that the grain gives it.</summary>
    const string State = "account";

    /// <summary>The grain's type, as it stands before the name in an id.</summary>
    const string Grain = "user/";

    /// <summary>Names after one, in the order of their bytes.</summary>
    /// <param name="after">Null: from the first.</param>
    ValueTask<ImmutableArray<Jid>> ListAsync(Jid? after, int limit, CancellationToken cancellationToken = default);
}
