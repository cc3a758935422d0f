using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Errors;

namespace Krewe.Core.Administration;

/// <summary>What the operator asks of a user's grain. Unknown names are <see cref="FaultCode.NotFound"/>.</summary>
[Alias("krewe.IUserAdminGrain")]
public interface IUserAdminGrain : IGrainWithStringKey
{
    /// <summary>What is known of the user, deleted ones too.</summary>
    [Alias("Describe")]
    ValueTask<Outcome<UserReport>> DescribeAsync();

    /// <summary>How the account stands, and nothing more.</summary>
    [Alias("Status")]
    ValueTask<Outcome<AccountReport>> StatusAsync();

    /// <summary>Ends live sessions; the answer says how many. Tokens stay good: who may come back may do so at once.</summary>
    /// <param name="sessionId">Null: all of them.</param>
    [Alias("Kick")]
    ValueTask<Outcome<int>> KickAsync(string? sessionId, CloseReason reason);

    /// <summary>A disabled user's tokens and logins are refused, sessions end, and messages to the user are answered as for an unknown one. Nothing is deleted. Idempotent.</summary>
    [Alias("SetDisabled")]
    ValueTask<Outcome<Done>> SetDisabledAsync(bool disabled);

    /// <summary>Every token of a device that was issued up to now ends, its sessions and its push registration with it.</summary>
    /// <param name="device">Null: every device's.</param>
    [Alias("SignOut")]
    ValueTask<Outcome<Done>> SignOutAsync(string? device);

    /// <summary>Replaces the verifiers, whether or not there were any.</summary>
    [Alias("ResetPassword")]
    ValueTask<Outcome<Done>> ResetPasswordAsync(Credentials credentials, bool signOut);

    /// <summary>Deletes the user with everything in it, or goes on with a deletion that was interrupted. Idempotent.</summary>
    [Alias("Remove")]
    ValueTask<Outcome<Done>> RemoveAsync();

    /// <summary>Goes on with a deletion that was begun. True: nothing of it is left to do.</summary>
    [Alias("ResumeRemoval")]
    ValueTask<Outcome<bool>> ResumeRemovalAsync();

    /// <summary>What this mailbox says of a message.</summary>
    [Alias("Trace")]
    ValueTask<Outcome<MessageTrace>> TraceAsync(Jid from, string id);

    /// <summary>The same for the message at a place in it.</summary>
    [Alias("TraceAt")]
    ValueTask<Outcome<MessageTrace>> TraceAtAsync(long seq);
}
