// Sends by a client for APNs and tells what came of it, one line of JSON a call.
import { readFile } from 'node:fs/promises';
import { ApnsClient, Notification, SilentNotification } from 'apns2';

const env = process.env;
const newClient = (options = {}) => new ApnsClient({
  team: env.APNS_TEAM, keyId: env.APNS_KEY_ID, signingKey: options.signingKey ?? key, defaultTopic: env.APNS_TOPIC, host: `localhost:${env.APNS_PORT}`,
});
const key = await readFile(env.APNS_KEY, 'utf8');
const client = newClient();
const tell = (name, value) => console.log(JSON.stringify({ name, value }));

async function attempt(name, act) {
  try {
    await act();
    tell(name, 'sent');
  } catch (error) {
    tell(name, error.reason ? `${error.statusCode} ${error.reason}` : String(error));
  }
}

const token = env.APNS_TOKEN;
await attempt('alert', () => client.send(new Notification(token, {
  alert: { title: 'Romeo', body: 'But soft!' }, badge: 3, sound: 'default', threadId: 't', collapseId: 'c', expiration: new Date(Date.now() + 3_600_000), data: { krewe: { seq: 42 } },
})));
await attempt('background', () => client.send(new SilentNotification(token)));
await attempt('bad token', () => client.send(new Notification('abc', { alert: 'x' })));
await attempt('topic', () => client.send(new Notification(token, { alert: 'x', topic: 'org.example.other' })));
await attempt('too large', () => client.send(new Notification(token, { alert: 'x'.repeat(5000) })));
await attempt('collapse', () => client.send(new Notification(token, { alert: 'x', collapseId: 'x'.repeat(65) })));
await attempt('dead', () => client.send(new Notification(env.APNS_DEAD, { alert: 'x' })));
await attempt('second', () => new Promise((resolve) => { setTimeout(resolve, 1100); }).then(() => newClient().send(new Notification(token, { alert: 'x' }))));
process.exit(0);
