import { LongPolling, Polling, PollingWithETag } from './techniques/asking.js';
import { ServerSentEvents } from './techniques/event-source.js';
import { ForeverFrame } from './techniques/forever-frame.js';
import { ChunkedNdjson } from './techniques/ndjson.js';
import { WebSocketTechnique } from './techniques/websocket.js';

/**
 * @typedef {import('./views/picture.js').Step} Step
 * @typedef {object} Entry One technique as the page presents it.
 * @property {string} key
 * @property {string} name
 * @property {string} call What it asks the server, for those who want to try it.
 * @property {string} text Who waits for whom, and what that costs.
 * @property {Step[]} steps The same as a picture.
 * @property {() => import('./techniques/technique.js').Technique} make
 */

/** From the oldest idea to the newest. @type {Entry[]} */
export const CATALOGUE = [
  {
    key: 'poll',
    name: 'Polling',
    call: 'GET /v1/mailbox?after=N',
    text: 'The client asks again and again. Nearly every answer is “nothing new”, and a message waits on the server until the next question: on average half the interval. Asking more often shortens the wait and wastes more.',
    steps: [['ask', 4], ['answer', 12, 'nothing'], ['message', 30], ['held', 30, 56], ['ask', 46], ['answer', 54, 'message'], ['ask', 84], ['answer', 92, 'nothing']],
    make: () => new Polling(),
  },
  {
    key: 'etag',
    name: 'Polling with ETag',
    call: 'GET /v1/mailbox?after=N  If-None-Match: "…"',
    text: 'The same, but the client names what it has seen, and “nothing new” shrinks to a 304 without a body. It saves bytes where pages are large; the number of requests and the wait stay what they were.',
    steps: [['ask', 4], ['answer', 12, '304'], ['message', 30], ['held', 30, 56], ['ask', 46], ['answer', 54, 'message'], ['ask', 84], ['answer', 92, '304']],
    make: () => new PollingWithETag(),
  },
  {
    key: 'long',
    name: 'Long-polling',
    call: 'GET /v1/mailbox?after=N&wait=25',
    text: 'The client asks once, and the server keeps the question open until it has an answer. A message comes at once. Each one still costs a request, and one that comes while the client is asking anew waits for that.',
    steps: [['ask', 4], ['open', 11, 36], ['message', 36], ['answer', 36, 'message'], ['ask', 56], ['open', 63, 90], ['message', 90], ['answer', 90, 'message']],
    make: () => new LongPolling(),
  },
  {
    key: 'frame',
    name: 'Forever frame',
    call: 'GET /v1/mailbox/stream  Accept: text/html',
    text: 'A hidden frame loads a page that never ends. Each message is a <script> that calls the page around it, and the browser runs it as it arrives. It worked in browsers of 1998 and still does; but the page only ever grows, and when the connection breaks, nothing but the silence tells.',
    steps: [['ask', 4], ['open', 11, 112], ['message', 30], ['answer', 30, '<script>'], ['message', 60], ['answer', 60, '<script>'], ['message', 90], ['answer', 90, '<script>']],
    make: () => new ForeverFrame(),
  },
  {
    key: 'ndjson',
    name: 'Chunked NDJSON',
    call: 'GET /v1/mailbox/stream  Accept: application/x-ndjson',
    text: 'One answer that never ends, written in chunks, one JSON object a line. The same idea without HTML: programs read it with any HTTP library, a page reads it with fetch and a stream reader.',
    steps: [['ask', 4], ['open', 11, 112], ['message', 30], ['answer', 30, '{…}'], ['message', 60], ['answer', 60, '{…}'], ['message', 90], ['answer', 90, '{…}']],
    make: () => new ChunkedNdjson(),
  },
  {
    key: 'sse',
    name: 'Server-sent events',
    call: 'GET /v1/mailbox/stream  Accept: text/event-stream',
    text: 'A standard for such an answer. The browser’s EventSource parses it, notices when it breaks, asks again by itself and says which event was the last, so that nothing is missed.',
    steps: [['ask', 4], ['open', 11, 112], ['message', 30], ['answer', 30, 'id 41'], ['message', 60], ['answer', 60, 'id 42'], ['message', 90], ['answer', 90, 'id 43']],
    make: () => new ServerSentEvents(),
  },
  {
    key: 'ws',
    name: 'WebSocket',
    call: 'GET /v1/ws?after=N  Upgrade: websocket',
    text: 'After one handshake both sides may write whenever they like, with a few bytes around each message. Nobody waits for anybody, and sending needs no further request either.',
    steps: [['ask', 4], ['answer', 12, '101'], ['open', 12, 112], ['message', 38], ['answer', 38, '{…}'], ['ask', 64, '{…}'], ['message', 90], ['answer', 90, '{…}']],
    make: () => new WebSocketTechnique(),
  },
];
