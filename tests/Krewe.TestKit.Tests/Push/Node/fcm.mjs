// Sends by Google's own SDK and tells what came of it, one line of JSON a call.
import { redirect } from './redirect.mjs';
redirect(Number(process.env.FCM_PORT));
const { cert, initializeApp } = await import('firebase-admin/app');
const { getMessaging } = await import('firebase-admin/messaging');

const messaging = getMessaging(initializeApp({ credential: cert(process.env.FCM_ACCOUNT) }));
const tell = (name, value) => console.log(JSON.stringify({ name, value }));

async function attempt(name, act) {
  try {
    tell(name, await act());
  } catch (error) {
    console.error(name, error.message);
    tell(name, error.code ?? String(error));
  }
}

const everything = {
  token: 'all-of-it',
  data: { kind: 'message', seq: '42' },
  notification: { title: 'Romeo', body: 'But soft! What light through yonder window breaks?', imageUrl: 'https://example.org/balcony.png' },
  android: {
    collapseKey: 'k', priority: 'high', ttl: 3_600_500, restrictedPackageName: 'org.example.krewe', directBootOk: true,
    data: { seq: '42' },
    notification: {
      title: 'Romeo', icon: 'balcony', color: '#00ff00', tag: 't', channelId: 'chat', notificationCount: 3, sticky: true, priority: 'max', visibility: 'private',
      eventTimestamp: new Date(), vibrateTimingsMillis: [100, 50], lightSettings: { color: '#aabbccdd', lightOnDurationMillis: 100, lightOffDurationMillis: 50 },
      bodyLocKey: 'b', bodyLocArgs: ['x'], defaultSound: true,
    },
    fcmOptions: { analyticsLabel: 'a' },
  },
  apns: {
    headers: { 'apns-priority': '10', 'apns-collapse-id': 'c' },
    payload: { aps: { alert: { title: 'Romeo', locKey: 'l' }, badge: 3, sound: { name: 'default', critical: true, volume: 0.5 }, contentAvailable: true, mutableContent: true, threadId: 't' }, krewe: { seq: 42 } },
    fcmOptions: { analyticsLabel: 'a', imageUrl: 'https://example.org/balcony.png' },
  },
  webpush: { headers: { TTL: '60', Urgency: 'high' }, data: { seq: '42' }, notification: { title: 'Romeo', actions: [{ action: 'a', title: 'A' }] }, fcmOptions: { link: 'https://example.org/' } },
  fcmOptions: { analyticsLabel: 'a' },
};

await attempt('everything', () => messaging.send(everything));
await attempt('dry run', () => messaging.send({ token: 'dry' }, true));
await attempt('topic', () => messaging.send({ topic: 'news', data: { a: 'b' } }));
await attempt('each', async () => {
  const result = await messaging.sendEach(['a', 'dead', 'b'].map((token) => ({ token, data: { a: 'b' } })));
  return [result.successCount, result.failureCount, ...result.responses.map((response) => response.error?.code ?? null)];
});
for (const token of JSON.parse(process.env.FCM_REFUSED)) await attempt(token, () => messaging.send({ token }));
await attempt('reserved', () => messaging.send({ token: 't', data: { 'google.x': 'y' } }));
await attempt('too big', () => messaging.send({ token: 't', data: { a: 'x'.repeat(5000) } }));
await attempt('no token', () => messaging.send({ token: 'no token!' }));
process.exit(0);
