namespace Krewe.Client;

/// <summary>A user's client of a Krewe server. Safe for use by several threads once signed in.</summary>
/// <remarks>Every call throws <see cref="KreweException"/> when the server refuses and <see cref="HttpRequestException"/> when it cannot be reached.</remarks>
public sealed partial class KreweClient : IDisposable
{
    private readonly Api _api;

    /// <param name="server">The server's address, for example <c>http://127.0.0.1:8080</c>.</param>
    public KreweClient(Uri server, KreweClientOptions? options = null) => _api = new Api(server, options ?? new KreweClientOptions());

    /// <summary>One's own bare address; throws before signing in.</summary>
    public string Address => _api.RequireToken().Address;

    /// <summary>The name of this client's device; throws before signing in.</summary>
    public string Device => _api.RequireToken().Device;

    /// <summary>The token in use; may be kept and set again to go on without a password.</summary>
    public Token? Token
    {
        get => _api.Token;
        set => _api.Token = value;
    }

    /// <summary>Makes an account.</summary>
    /// <returns>The new account's address.</returns>
    public async Task<string> SignUpAsync(string username, string password, CancellationToken cancellationToken = default) =>
        (await _api.SendAsync(
            Api.Request(HttpMethod.Post, "/v1/accounts", new SignUp(username, password), KreweJson.Default.SignUp), KreweJson.Default.SignedUp, cancellationToken)
            .ConfigureAwait(false)).Address;

    /// <summary>Gets a token by password and uses it from now on.</summary>
    /// <param name="device">A name that is the same every time this device signs in; null: the server makes one.</param>
    public async Task<Token> SignInAsync(string username, string password, string? device = null, CancellationToken cancellationToken = default) =>
        _api.Token = await _api.SendAsync(
            Api.Request(HttpMethod.Post, "/v1/tokens", new SignIn(username, password, device), KreweJson.Default.SignIn), KreweJson.Default.Token, cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Ends the token and everything that was opened with it.</summary>
    public async Task SignOutAsync(CancellationToken cancellationToken = default)
    {
        await CallAsync(HttpMethod.Delete, "/v1/tokens/current", cancellationToken).ConfigureAwait(false);
        _api.Token = null;
    }

    /// <summary>Deletes the account and everything in it; the name is not given out again.</summary>
    public async Task DeleteAccountAsync(CancellationToken cancellationToken = default)
    {
        await CallAsync(HttpMethod.Delete, "/v1/accounts/me", cancellationToken).ConfigureAwait(false);
        _api.Token = null;
    }

    /// <summary>Opens a WebSocket: items, presence and typing as they come, and the cheapest way to send.</summary>
    /// <param name="after">The cursor: items after it come first.</param>
    public Task<KreweSocket> ConnectAsync(long after = 0, CancellationToken cancellationToken = default) =>
        KreweSocket.ConnectAsync(_api, after, cancellationToken);

    /// <summary>Reads the mailbox from a cursor on, for ever, over the best transport that works.</summary>
    public MailboxReader CreateReader(MailboxReaderOptions? options = null) => new(_api, options ?? new MailboxReaderOptions());

    /// <inheritdoc/>
    public void Dispose() => _api.Dispose();

    private async Task CallAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        _api.RequireToken();
        (await _api.SendAsync(Api.Request(method, path), cancellationToken).ConfigureAwait(false)).Dispose();
    }
}
