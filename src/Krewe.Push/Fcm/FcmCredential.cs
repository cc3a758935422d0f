using Google.Apis.Auth.OAuth2;

namespace Krewe.Push.Fcm;

/// <summary>Access tokens for FCM. The library caches, refreshes early and makes concurrent callers share one request.</summary>
internal sealed class FcmCredential(FcmOptions options) : IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";
    private readonly SemaphoreSlim _loading = new(1, 1);
    private GoogleCredential? _credential;

    public async ValueTask<string> GetTokenAsync(CancellationToken cancellationToken)
    {
        var credential = await LoadAsync(cancellationToken).ConfigureAwait(false);
        return await SafelyAsync(() => credential.UnderlyingCredential.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Gets a new token although the present one has not expired.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        var credential = await LoadAsync(cancellationToken).ConfigureAwait(false);
        if (credential.UnderlyingCredential is ServiceCredential service) await SafelyAsync(() => service.RequestAccessTokenAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Google refused the key: the next call reads the file again, for the operator may have put another one there.</summary>
    public void Forget() => _credential = null;

    public void Dispose() => _loading.Dispose();

    private static async Task<T> SafelyAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (NullReferenceException error)
        {
            // Google.Apis.Auth 1.78 trips over a refusal without a body, as a proxy's.
            throw new HttpRequestException("The token endpoint refused without a word.", error);
        }
    }

    private async ValueTask<GoogleCredential> LoadAsync(CancellationToken cancellationToken)
    {
        if (_credential is { } loaded) return loaded;
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _credential ??= await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<GoogleCredential> ReadAsync(CancellationToken cancellationToken)
    {
        if (options.CredentialsFile is not { } file)
            return (await GoogleCredential.GetApplicationDefaultAsync(cancellationToken).ConfigureAwait(false)).CreateScoped(Scope);
        var account = await CredentialFactory.FromFileAsync<ServiceAccountCredential>(file, cancellationToken).ConfigureAwait(false);
        // With scopes the library would sign access tokens by itself; asking token_uri is what the file says.
        return account.WithUseJwtAccessWithScopes(false).ToGoogleCredential().CreateScoped(Scope);
    }
}
