using Krewe.Gateway.Tests.Hosting;

namespace Krewe.Gateway.Tests.Api;

/// <summary>Presence, contacts, blocks and devices over HTTP.</summary>
[Collection(SharedGatewayGroup.Name)]
public sealed class PeopleTests(SharedGateway gateway)
{
    [Fact]
    public async Task A_contact_asks_is_approved_and_is_forgotten()
    {
        var (romeo, juliet) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"));
        (await romeo.PutAsync($"/v1/contacts/{juliet.Name}", new { name = "Juliet", groups = new[] { "Verona" } })).MustBe(204);
        var asked = (await romeo.GetAsync("/v1/contacts")).MustBe(200).Json.GetProperty("items")[0];
        Assert.Equal((juliet.Address, "Juliet", "none", "out"), (asked.GetProperty("address").GetString(), asked.GetProperty("name").GetString(),
            asked.GetProperty("subscription").GetString(), asked.GetProperty("pending").GetString()));
        Assert.Equal("in", (await juliet.GetAsync("/v1/contacts")).Json.GetProperty("items")[0].GetProperty("pending").GetString());
        (await juliet.PostAsync($"/v1/contacts/{romeo.Address}/approve")).MustBe(204);
        Assert.Equal("to", (await romeo.GetAsync("/v1/contacts")).Json.GetProperty("items")[0].GetProperty("subscription").GetString());
        (await romeo.DeleteAsync($"/v1/contacts/{juliet.Name}")).MustBe(204);
        Assert.Empty((await romeo.GetAsync("/v1/contacts")).Json.GetProperty("items").EnumerateArray());
        (await juliet.PostAsync($"/v1/contacts/{romeo.Address}/deny")).MustBe(404, "not-found", "address");
    }

    [Fact]
    public async Task A_contact_needs_no_body_and_a_bad_one_is_refused()
    {
        var (romeo, juliet) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"));
        (await romeo.PutAsync($"/v1/contacts/{juliet.Name}")).MustBe(204);
        (await romeo.SendRawAsync(HttpMethod.Put, $"/v1/contacts/{juliet.Name}", """{"groups":[1]}""")).MustBe(400, "bad-request", "groups");
        (await romeo.SendRawAsync(HttpMethod.Put, $"/v1/contacts/{juliet.Name}", """{"name":""}""")).MustBe(400, "bad-request", "name");
        (await romeo.PutAsync("/v1/contacts/nobody-at-all")).MustBe(404, "not-found", "address");
    }

    [Fact]
    public async Task The_blocked_see_an_unknown_user()
    {
        var (romeo, tybalt) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("tybalt"));
        var unknown = await tybalt.PostAsync("/v1/messages", new { to = "nobody-at-all", body = "x" });
        (await romeo.PutAsync($"/v1/blocks/{tybalt.Name}")).MustBe(204);
        Assert.Equal([tybalt.Address], (await romeo.GetAsync("/v1/blocks")).MustBe(200).Json.GetProperty("items").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(unknown.Body, (await tybalt.TellAsync(romeo, "x")).Body);
        (await romeo.DeleteAsync($"/v1/blocks/{tybalt.Name}")).MustBe(204);
        (await romeo.DeleteAsync($"/v1/blocks/{tybalt.Name}")).MustBe(204);
        (await tybalt.TellAsync(romeo, "x")).MustBe(201);
    }

    [Fact]
    public async Task Presence_is_set_with_one_of_five_words()
    {
        var romeo = await gateway.JoinAsync("romeo");
        foreach (var show in new[] { "available", "away", "dnd", "xa", "offline" }) (await romeo.PutAsync("/v1/presence", new { show, status = "x" })).MustBe(204);
        (await romeo.PutAsync("/v1/presence", new { show = "chat" })).MustBe(400, "bad-request", "show");
        (await romeo.PutAsync("/v1/presence")).MustBe(400, "bad-request");
    }

    [Fact]
    public async Task A_push_registration_is_kept_without_ever_showing_its_token()
    {
        var romeo = await gateway.JoinAsync("romeo");
        (await romeo.GetAsync("/v1/devices/phone/push")).MustBe(404, "not-found");
        var registration = new { platform = "apns", token = "5ec7e7", app = "org.example", mode = "both", environment = "sandbox", preview = "none", locale = "de", quietHours = new { from = "22:00", to = "07:00", timeZone = "Europe/Berlin" } };
        (await romeo.PutAsync("/v1/devices/phone/push", registration)).MustBe(204);
        var kept = (await romeo.GetAsync("/v1/devices/phone/push")).MustBe(200);
        Assert.DoesNotContain("5ec7e7", kept.Body, StringComparison.Ordinal);
        Assert.Equal("22:00", kept.Json.GetProperty("quietHours").GetProperty("from").GetString());
        Assert.Equal(kept.Body, (await romeo.GetAsync("/v1/devices")).Json.GetProperty("items")[0].GetProperty("push").GetRawText());
        (await romeo.PutAsync("/v1/devices/phone/push", new { platform = "fcm", token = "t", app = "a", environment = "sandbox" })).MustBe(400, "bad-request", "environment");
        (await romeo.DeleteAsync("/v1/devices/phone/push")).MustBe(204);
        (await romeo.DeleteAsync("/v1/devices/phone/push")).MustBe(204);
        (await romeo.GetAsync("/v1/devices/phone/push")).MustBe(404, "not-found");
    }

    [Theory]
    [InlineData("%07")]
    [InlineData("ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd")]
    public async Task A_bad_device_name_in_the_path_is_400(string device) =>
        (await (await gateway.JoinAsync("romeo")).GetAsync($"/v1/devices/{device}/push")).MustBe(400, "bad-request", "device");

    [Fact]
    public async Task Nobody_sees_anothers_contacts_blocks_devices_or_history()
    {
        var (romeo, juliet, tybalt) = (await gateway.JoinAsync("romeo"), await gateway.JoinAsync("juliet"), await gateway.JoinAsync("tybalt"));
        await romeo.TellAsync(juliet, "secret");
        await romeo.PutAsync($"/v1/contacts/{juliet.Name}");
        await romeo.PutAsync("/v1/devices/phone/push", new { platform = "fcm", token = "t", app = "a" });
        foreach (var path in new[] { "/v1/mailbox", "/v1/contacts", "/v1/blocks", $"/v1/history/{romeo.Name}", $"/v1/history/{juliet.Name}" })
            Assert.Empty((await tybalt.GetAsync(path)).MustBe(200).Json.GetProperty("items").EnumerateArray());
        (await tybalt.GetAsync("/v1/devices/phone/push")).MustBe(404, "not-found");
        Assert.Equal(1, (await tybalt.GetAsync("/v1/devices")).Json.GetProperty("items").GetArrayLength());
    }
}
