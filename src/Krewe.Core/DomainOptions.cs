using System.ComponentModel.DataAnnotations;

namespace Krewe.Core;

/// <summary>What the whole cluster has in common, <c>Krewe</c>.</summary>
public sealed class DomainOptions
{
    /// <summary>The domain of the users' addresses. Default: localhost.</summary>
    [Required] public string Domain { get; set; } = "localhost";
}
