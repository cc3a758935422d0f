using System.ComponentModel.DataAnnotations;

namespace Krewe.Core.Mailboxes;

/// <summary>How long items are kept, <c>Krewe:Storage:Retention</c>.</summary>
public sealed class RetentionOptions : IValidatableObject
{
    /// <summary>What a repeated send is recognised by stays for this long at least, whatever the limits say.</summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromHours(24);

    /// <summary>Items that are older are deleted; 24 hours or more. Default: none, they are kept for ever.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>The newest items of a mailbox that are kept; one that is younger than 24 hours stays in any case. Default: none, all are kept.</summary>
    [Range(1, long.MaxValue)] public long? MaxItems { get; set; }

    /// <summary>How often the mailboxes are gone through; 1 second or more. Default: 1 hour.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxAge < MinAge)
        {
            yield return new ValidationResult("must be 24 hours or more", [nameof(MaxAge)]);
        }
        if (Interval < TimeSpan.FromSeconds(1))
        {
            yield return new ValidationResult("must be 1 second or more", [nameof(Interval)]);
        }
    }
}
