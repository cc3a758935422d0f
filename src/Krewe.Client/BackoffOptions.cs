namespace Krewe.Client;

/// <summary>Exponential back-off with full jitter: the n-th wait is random between zero and min(<see cref="Max"/>, <see cref="First"/> · 2ⁿ).</summary>
public sealed class BackoffOptions
{
    /// <summary>The bound of the first wait. Default: 250 ms.</summary>
    public TimeSpan First { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The bound of every wait. Default: 30 s.</summary>
    public TimeSpan Max { get; set; } = TimeSpan.FromSeconds(30);
}
