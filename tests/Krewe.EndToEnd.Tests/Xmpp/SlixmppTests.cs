using Krewe.Client;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Xmpp;

/// <summary>A stock client of XMPP and a client of the native API talk to each other through a real server.</summary>
public sealed class SlixmppTests
{
    [Fact]
    public async Task Romeo_with_slixmpp_and_Juliet_with_the_native_API_talk()
    {
        Assert.SkipUnless(await SlixmppClient.ExistsAsync(), "python3-slixmpp is not installed.");
        await using var server = await KreweProcess.StartAsync();
        using var juliet = new KreweClient(server.Http);
        await juliet.SignUpAsync("romeo", "wherefore");
        await juliet.SignUpAsync("juliet", "wherefore");
        await juliet.SignInAsync("juliet", "wherefore", "phone");
        await juliet.SendAsync(new OutgoingMessage("romeo") { Body = "while you were away" });

        await using var socket = await juliet.ConnectAsync();
        foreach (var security in new[] { "starttls", "none" })
        {
            await using var romeo = SlixmppClient.Connect(server.Xmpp!, "romeo@localhost/desk", "wherefore", security);
            var ready = await romeo.UntilAsync("ready");
            Assert.Equal("romeo@localhost/desk", (string?)ready["jid"]);
            Assert.Equal(security != "none", (bool)ready["encrypted"]!);
            Assert.Contains("urn:xmpp:ping", ready["features"]!.AsArray().Select(feature => (string?)feature));
            if (security == "starttls")
            {
                var missed = await romeo.UntilAsync("message");
                Assert.Equal(("while you were away", true), ((string?)missed["body"], (bool)missed["delayed"]!));
            }

            var sent = await juliet.SendAsync(new OutgoingMessage("romeo") { Body = $"1 < 2 & \"é\" 🎭 {security}" });
            var heard = await romeo.UntilAsync("message");
            // What was read over STARTTLS is not said again to the next stream, as slixmpp has proved that it read it.
            Assert.Equal(($"1 < 2 & \"é\" 🎭 {security}", "juliet@localhost/phone", false), ((string?)heard["body"], (string?)heard["sender"], (bool)heard["delayed"]!));

            await romeo.DoAsync(new { @do = "send", to = "juliet@localhost", body = $"<b> & é 🎭 {security}" });
            var item = await UntilAsync(socket, "Romeo's message", item => item is { Kind: "message", From: "romeo@localhost" });
            Assert.Equal(($"<b> & é 🎭 {security}", "desk"), (item.Body, item.Device));

            await romeo.DoAsync(new { @do = "send", to = "nobody@localhost", body = "x" });
            Assert.Equal("service-unavailable", (string?)(await romeo.UntilAsync("refused"))["condition"]);

            // The receipt that the sender gets once the client has proved that it read.
            await UntilAsync(socket, "the receipt of delivery", item => item is { Kind: "delivered", From: "romeo@localhost" } && item.Ids!.Contains(sent.Id));
            await romeo.DoAsync(new { @do = "quit" });
            await romeo.UntilAsync("disconnected");
        }
    }

    private static async Task<Item> UntilAsync(KreweSocket socket, string what, Func<Item, bool> which)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await foreach (var seen in socket.ReadAllAsync(patience.Token))
            {
                if (seen is ItemReceived { Item: var item } && which(item)) return item;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"In 30 s this did not come: {what}.");
        }
        throw new InvalidOperationException($"The socket ended before this came: {what}.");
    }
}
