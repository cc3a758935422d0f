using Krewe.Client;

namespace Krewe.TestKit;

public sealed partial class KreweCluster
{
    /// <summary>Makes an account and signs it in.</summary>
    /// <param name="name">The user's name, unique in the cluster.</param>
    /// <param name="device">The name of the device.</param>
    /// <param name="gateway">The silo whose gateway the client talks to.</param>
    /// <returns>A signed-in client. The cluster disposes of it.</returns>
    public async Task<KreweClient> CreateUserAsync(string name, string device = "phone", int gateway = 0)
    {
        using (var anonymous = NewClient(gateway)) await anonymous.SignUpAsync(name, PasswordOf(name));
        return await SignInAsync(name, device, gateway);
    }

    /// <summary>Signs a user in on a further device, or through another gateway.</summary>
    /// <param name="name">The name that <see cref="CreateUserAsync"/> had.</param>
    /// <param name="device">The name of the device; the same one has the same cursor and presence, and its earlier tokens stay good.</param>
    /// <param name="gateway">The silo whose gateway the client talks to.</param>
    /// <returns>A signed-in client. The cluster disposes of it.</returns>
    public async Task<KreweClient> SignInAsync(string name, string device = "phone", int gateway = 0)
    {
        var client = NewClient(gateway);
        lock (_lock) _clients.Add(client);
        await client.SignInAsync(name, PasswordOf(name), device);
        return client;
    }

    /// <summary>A client without an account. The caller disposes of it.</summary>
    public KreweClient NewClient(int gateway = 0) => new(Running(gateway).Gateway?.Address ?? throw new ArgumentException($"Silo {gateway} is no gateway.", nameof(gateway)), new KreweClientOptions
    {
        // A test that waits out the usual pauses of a client would take longer than what it tests.
        Backoff = new BackoffOptions { First = TimeSpan.FromMilliseconds(50), Max = TimeSpan.FromSeconds(1) },
    });

    /// <summary>The password of a user that <see cref="CreateUserAsync"/> made.</summary>
    public static string PasswordOf(string name) => $"{name}'s secret";
}
