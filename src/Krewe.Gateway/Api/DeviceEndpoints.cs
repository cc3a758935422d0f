using Krewe.Core.Errors;
using Krewe.Core.Push;
using Krewe.Protocols.Json;

namespace Krewe.Gateway.Api;

/// <summary>A user's devices, and how to wake them.</summary>
internal sealed class DeviceEndpoints(Users users, TimeProvider time, IPushApps? apps = null) : IApiEndpoints
{
    private const string Tag = "devices";
    private const string PushPath = "/v1/devices/{device}/push";

    private static readonly Operation List = new("GET", "/v1/devices", "getDevices", "The caller's devices.")
    {
        Tag = Tag,
        Answers = [Answer.Of(200, "All devices; lastSeen is exact to a minute.", "Devices")],
    };

    private static readonly Operation Get = new("GET", PushPath, "getPush", "How a device is woken; without the token.")
    {
        Tag = Tag,
        Parameters = [Parameters.Device],
        Answers = [Answer.Of(200, "The registration.", "Push")],
        Faults = [FaultCode.NotFound],
    };

    private static readonly Operation Put = new("PUT", PushPath, "putPush", "Register a device for mobile push, in place of what was.")
    {
        Tag = Tag,
        Parameters = [Parameters.Device],
        Body = new(PushReader.Members),
        Answers = [Answer.Done()],
        Faults = [FaultCode.TooMany],
    };

    private static readonly Operation Remove = new("DELETE", PushPath, "removePush", "Wake a device no longer.")
    {
        Tag = Tag,
        Parameters = [Parameters.Device],
        Answers = [Answer.Done("Done, or there was none.")],
    };

    public void Map(ApiRoutes routes)
    {
        routes.Map(List, ListAsync);
        routes.Map(Get, GetAsync);
        routes.Map(Put, PutAsync);
        routes.Map(Remove, RemoveAsync);
    }

    private async ValueTask<ApiReply> ListAsync(ApiRequest request)
    {
        var outcome = await users.ReadAsync(request.Address, user => user.Devices.GetDevicesAsync(), request.Aborted);
        return outcome.TryGet(out var devices, out var fault) ? ApiReply.Json(output => ListJson.Write(devices, PushJson.Write, output)) : fault;
    }

    private async ValueTask<ApiReply> GetAsync(ApiRequest request)
    {
        if (!request.TryGet(Parameters.Device, out var device, out var fault)) return fault;
        var outcome = await users.CallAsync(
            request.Address,
            async user => await user.Devices.GetPushAsync(device) is { } found ? new(found) : new Outcome<Core.Devices.PushRegistration>(NoPush),
            request.Aborted);
        return outcome.TryGet(out var push, out fault) ? ApiReply.Json(output => PushJson.Write(push, output)) : fault;
    }

    private async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        if (!request.TryGet(Parameters.Device, out var device, out var fault) || !request.TryReadBody(out var json, out fault)
            || !PushReader.TryRead(json, time.GetUtcNow(), out var push, out fault)) return fault;
        if (apps?.Check(push) is { } trouble) return trouble;
        return ApiReply.Of(await users.CallAsync(request.Address, user => user.Devices.SetPushAsync(device, push), request.Aborted));
    }

    private async ValueTask<ApiReply> RemoveAsync(ApiRequest request) => request.TryGet(Parameters.Device, out var device, out var fault)
        ? ApiReply.Of(await users.CallAsync(request.Address, user => user.Devices.RemovePushAsync(device), request.Aborted))
        : fault;

    private static Fault NoPush => new(FaultCode.NotFound, "The device has no push registration.");
}
