using System.Net.Http.Json;

namespace Krewe.Client;

/// <summary>The problem document as it is on the wire (RFC 9457, with Krewe's members).</summary>
internal sealed record Problem(string? Code, string? Title, string? Detail, string? Member, long? First, long? Last)
{
    /// <summary>Throws what an unsuccessful answer says.</summary>
    public static async Task ThrowIfFailedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        throw await ReadAsync(response, cancellationToken).ConfigureAwait(false);
    }

    public static async Task<KreweException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Problem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            problem = await response.Content.ReadFromJsonAsync(KreweJson.Default.Problem, cancellationToken).ConfigureAwait(false);
        return new KreweException(
            problem?.Code ?? "http",
            problem?.Detail ?? problem?.Title ?? $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.",
            response.StatusCode)
        {
            Member = problem?.Member,
            First = problem?.First,
            Last = problem?.Last,
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }
}
