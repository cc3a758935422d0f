using System.Buffers;
using System.Globalization;
using Krewe.Core.Devices;

namespace Krewe.Protocols.Json;

/// <summary>Devices and their push registrations as the native API writes them: never with the token.</summary>
public static class PushJson
{
    public static void Write(Device device, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(device);
        var json = new JsonText(output);
        json.Member("{\"device\":"u8, device.Name);
        json.Raw(",\"lastSeen\":"u8);
        json.Time(device.LastSeen);
        if (device.Push is { } push)
        {
            json.Raw(",\"push\":"u8);
            Write(push, output);
        }
        json.Raw("}"u8);
    }

    public static void Write(PushRegistration push, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(push);
        var json = new JsonText(output);
        json.Member("{\"platform\":"u8, Word(PushReader.Platform, push.Platform));
        json.Member(",\"app\":"u8, push.App);
        json.Member(",\"mode\":"u8, Word(PushReader.Mode, push.Mode));
        json.Member(",\"environment\":"u8, push.Environment);
        json.Member(",\"preview\":"u8, Word(PushReader.Preview, push.Preview));
        json.Member(",\"locale\":"u8, push.Locale);
        if (push.QuietHours is { } quiet)
        {
            json.Member(",\"quietHours\":{\"from\":"u8, Clock(quiet.From));
            json.Member(",\"to\":"u8, Clock(quiet.To));
            json.Member(",\"timeZone\":"u8, quiet.TimeZone);
            json.Raw("}"u8);
        }
        json.Raw(",\"registeredAt\":"u8);
        json.Time(push.RegisteredAt);
        json.Raw("}"u8);
    }

    private static string? Word<T>(WordMember<T> member, T? value) where T : struct =>
        value is { } known ? member.Words.First(word => word.Value.Equals(known)).Word : null;

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");
}
