import { h } from '../../shared/dom.js';
import { HIDDEN_HEAD, byteLength, chunkBytes, requestBytes } from '../wire.js';
import { REOPEN_AFTER, Technique, pause } from './technique.js';

const RENEW_AFTER = 500; // messages: a page that never ends keeps every script that it ever got
const SILENCE = 20_000; // the server writes something at least every 15 s
const LOOK_EVERY = 1_000;

/** The oldest way to push: a hidden frame whose page never finishes, each message a script that calls the page around it. */
export class ForeverFrame extends Technique {
  /** @param {import('./technique.js').Reader} reader @param {AbortSignal} signal */
  async run(reader, signal) {
    while (!signal.aborted) {
      const broken = await this.#load(reader.token, signal);
      if (!broken || signal.aborted) continue;
      this.state = 'broken';
      this.emit('changed');
      await pause(REOPEN_AFTER, signal);
    }
  }

  /** One frame, from opening it to its end. @param {string} token @param {AbortSignal} signal @returns {Promise<boolean>} Did it break? */
  #load(token, signal) {
    const path = `/v1/mailbox/stream?after=${this.cursor}&access_token=${encodeURIComponent(token)}`;
    const frame = h('iframe', { src: path, hidden: true, title: 'Forever frame', 'aria-hidden': 'true', tabindex: -1 });
    this.requests++;
    this.count(requestBytes(path, { Accept: 'text/html' }), HIDDEN_HEAD);
    return new Promise((resolve) => {
      const ended = new AbortController();
      const end = (/** @type {boolean} */ broken) => {
        ended.abort();
        frame.remove();
        resolve(broken);
      };
      let left = RENEW_AFTER;
      /** The server's scripts call parent.krewe.receive. @param {import('../../shared/krewe.js').Item} item */
      const receive = (item) => {
        if (ended.signal.aborted) return;
        // The script that is calling is the message's way on the wire.
        const script = frame.contentDocument?.currentScript?.outerHTML ?? '';
        this.count(0, chunkBytes(byteLength(script) + 1));
        this.take(item);
        if (--left === 0) end(false);
      };
      Object.assign(globalThis, { krewe: { receive } });
      // A page that has finished loading is a stream that has ended.
      frame.onload = () => end(true);
      signal.addEventListener('abort', () => end(false), { signal: ended.signal });
      document.body.append(frame);
      void watch(frame, ended.signal).then(() => end(true));
    });
  }
}

/**
 * Resolves when the frame has been silent for too long. Of a connection that breaks, the browser tells a frame nothing:
 * it goes on "loading" for ever. So the page counts what arrives, heartbeats included.
 * @param {HTMLIFrameElement} frame @param {AbortSignal} ended
 */
async function watch(frame, ended) {
  let nodes = -1;
  let heard = performance.now();
  while (!ended.aborted && performance.now() - heard < SILENCE) {
    await pause(LOOK_EVERY, ended);
    const now = frame.contentDocument?.body?.childNodes.length ?? 0;
    if (now !== nodes) heard = performance.now();
    nodes = now;
  }
}
