"""A stock XMPP client under a test's control: prints what happens as JSON, a line each, and does what lines on its input say."""
import asyncio
import json
import ssl
import sys

import slixmpp

host, port, jid, password, security = sys.argv[1:6]


def say(event, **what):
    print(json.dumps({"event": event, **what}), flush=True)


class Client(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(jid, password)
        for plugin in ("xep_0030", "xep_0199", "xep_0203", "xep_0085"):
            self.register_plugin(plugin)
        self.ssl_context.check_hostname = False
        self.ssl_context.verify_mode = ssl.CERT_NONE
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("message", self.message)
        self.add_event_handler("message_error", lambda m: say("refused", condition=m["error"]["condition"], id=m["id"]))
        self.add_event_handler("presence_available", lambda p: say("available", who=str(p["from"]), show=p["show"]))
        self.add_event_handler("presence_unavailable", lambda p: say("unavailable", who=str(p["from"])))
        self.add_event_handler("stream_error", lambda e: say("stream_error", condition=e["condition"]))
        self.add_event_handler("no_auth", lambda _: say("no_auth"))
        self.add_event_handler("disconnected", lambda _: say("disconnected"))

    async def start(self, _):
        await self.get_roster()
        info = await self["xep_0030"].get_info(jid=self.boundjid.domain)
        self.send_presence()
        say("ready", jid=str(self.boundjid), encrypted=isinstance(self.socket, ssl.SSLObject), features=sorted(info["disco_info"]["features"]),
            roster={str(contact): self.client_roster[contact]["subscription"] for contact in self.client_roster})

    def message(self, m):
        if m["body"]:
            say("message", sender=str(m["from"]), body=m["body"], type=m["type"], delayed=bool(m["delay"]["stamp"]))
        elif m["chat_state"]:
            say("typing", sender=str(m["from"]), state=m["chat_state"])


async def main():
    client = Client()
    client.connect(address=(host, int(port)), use_ssl=security == "tls", disable_starttls=security == "none", force_starttls=security == "starttls")
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        if order["do"] == "send":
            client.send_message(mto=order["to"], mbody=order["body"], mtype="chat")
        elif order["do"] == "show":
            client.send_presence(pshow=order["show"])
        elif order["do"] == "quit":
            break
    await client.disconnect()


asyncio.get_event_loop().run_until_complete(main())
