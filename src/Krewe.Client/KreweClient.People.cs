namespace Krewe.Client;

public sealed partial class KreweClient
{
    /// <summary>Says how available this device is.</summary>
    /// <param name="show"><c>available</c>, <c>away</c>, <c>dnd</c>, <c>xa</c> or <c>offline</c>.</param>
    public async Task SetPresenceAsync(string show, string? status = null, CancellationToken cancellationToken = default)
    {
        _api.RequireToken();
        (await _api.SendAsync(
            Api.Request(HttpMethod.Put, "/v1/presence", new PresenceUpdate(show, status), KreweJson.Default.PresenceUpdate), cancellationToken)
            .ConfigureAwait(false)).Dispose();
    }

    public async Task<IReadOnlyList<Contact>> GetContactsAsync(CancellationToken cancellationToken = default) =>
        (await _api.SendAsync(Api.Request(HttpMethod.Get, "/v1/contacts"), KreweJson.Default.ListingContact, cancellationToken).ConfigureAwait(false)).Items;

    /// <summary>Stores a contact and asks for its presence.</summary>
    public async Task AddContactAsync(string address, string? name = null, IReadOnlyList<string>? groups = null, CancellationToken cancellationToken = default)
    {
        _api.RequireToken();
        (await _api.SendAsync(
            Api.Request(HttpMethod.Put, Contact(address), new ContactEdit(name, groups), KreweJson.Default.ContactEdit), cancellationToken)
            .ConfigureAwait(false)).Dispose();
    }

    /// <summary>Ends both directions and forgets the contact.</summary>
    public Task RemoveContactAsync(string address, CancellationToken cancellationToken = default) =>
        CallAsync(HttpMethod.Delete, Contact(address), cancellationToken);

    /// <summary>Lets a contact that asked see one's presence.</summary>
    public Task ApproveContactAsync(string address, CancellationToken cancellationToken = default) =>
        CallAsync(HttpMethod.Post, Contact(address) + "/approve", cancellationToken);

    public Task DenyContactAsync(string address, CancellationToken cancellationToken = default) =>
        CallAsync(HttpMethod.Post, Contact(address) + "/deny", cancellationToken);

    public async Task<IReadOnlyList<string>> GetBlocksAsync(CancellationToken cancellationToken = default) =>
        (await _api.SendAsync(Api.Request(HttpMethod.Get, "/v1/blocks"), KreweJson.Default.ListingString, cancellationToken).ConfigureAwait(false)).Items;

    public Task BlockAsync(string address, CancellationToken cancellationToken = default) =>
        CallAsync(HttpMethod.Put, $"/v1/blocks/{Uri.EscapeDataString(address)}", cancellationToken);

    public Task UnblockAsync(string address, CancellationToken cancellationToken = default) =>
        CallAsync(HttpMethod.Delete, $"/v1/blocks/{Uri.EscapeDataString(address)}", cancellationToken);

    public async Task<IReadOnlyList<Mute>> GetMutesAsync(CancellationToken cancellationToken = default) =>
        (await _api.SendAsync(Api.Request(HttpMethod.Get, "/v1/mutes"), KreweJson.Default.ListingMute, cancellationToken).ConfigureAwait(false)).Items;

    /// <summary>What somebody sends wakes no device.</summary>
    /// <param name="until">When that ends; null: never by itself.</param>
    public async Task MuteAsync(string address, DateTimeOffset? until = null, CancellationToken cancellationToken = default)
    {
        _api.RequireToken();
        (await _api.SendAsync(Api.Request(HttpMethod.Put, Mute(address), new MuteEdit(until), KreweJson.Default.MuteEdit), cancellationToken)
            .ConfigureAwait(false)).Dispose();
    }

    public Task UnmuteAsync(string address, CancellationToken cancellationToken = default) => CallAsync(HttpMethod.Delete, Mute(address), cancellationToken);

    public async Task<IReadOnlyList<Device>> GetDevicesAsync(CancellationToken cancellationToken = default) =>
        (await _api.SendAsync(Api.Request(HttpMethod.Get, "/v1/devices"), KreweJson.Default.ListingDevice, cancellationToken).ConfigureAwait(false)).Items;

    /// <summary>Registers a device for mobile push.</summary>
    public async Task RegisterPushAsync(string device, PushRegistration registration, CancellationToken cancellationToken = default)
    {
        _api.RequireToken();
        (await _api.SendAsync(Api.Request(HttpMethod.Put, Push(device), registration, KreweJson.Default.PushRegistration), cancellationToken)
            .ConfigureAwait(false)).Dispose();
    }

    /// <summary>The registration without its token; <c>not-found</c> if there is none.</summary>
    public Task<PushRegistration> GetPushAsync(string device, CancellationToken cancellationToken = default) =>
        _api.SendAsync(Api.Request(HttpMethod.Get, Push(device)), KreweJson.Default.PushRegistration, cancellationToken);

    public Task UnregisterPushAsync(string device, CancellationToken cancellationToken = default) =>
        CallAsync(HttpMethod.Delete, Push(device), cancellationToken);

    private static string Mute(string address) => $"/v1/mutes/{Uri.EscapeDataString(address)}";

    private static string Contact(string address) => $"/v1/contacts/{Uri.EscapeDataString(address)}";

    private static string Push(string device) => $"/v1/devices/{Uri.EscapeDataString(device)}/push";
}
