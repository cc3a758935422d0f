import { h } from '../../shared/dom.js';
import { HIDDEN_HEAD, byteLength, chunkBytes, requestBytes } from '../wire.js';
import { REOPEN_AFTER, Technique, pause } from './technique.js';

const RENEW_AFTER = 500; // a page that never ends keeps every script that it ever got

/** The oldest way to push: a hidden frame whose page never finishes, each message a script that calls the page around it. */
export class ForeverFrame extends Technique {
  /** @param {import('./technique.js').Reader} reader @param {AbortSignal} signal */
  run(reader, signal) {
    if (signal.aborted) return;
    const path = `/v1/mailbox/stream?after=${this.cursor}&access_token=${encodeURIComponent(reader.token)}`;
    const frame = h('iframe', { src: path, hidden: true, title: 'Forever frame', 'aria-hidden': 'true', tabindex: -1 });
    let left = RENEW_AFTER;
    /** @param {import('../../shared/krewe.js').Item} item */
    const receive = (item) => {
      // The script that is calling is the message's way on the wire.
      const script = frame.contentDocument?.currentScript?.outerHTML ?? '';
      this.count(0, chunkBytes(byteLength(script) + 1));
      this.take(item);
      if (--left === 0) renew();
    };
    const renew = () => {
      frame.remove();
      this.run(reader, signal);
    };
    // The server's answer calls parent.krewe.receive.
    Object.assign(globalThis, { krewe: { receive } });
    frame.onload = async () => {
      if (signal.aborted || !frame.isConnected) return;
      // A page that has finished loading is a stream that has ended.
      this.state = 'broken';
      this.emit('changed');
      await pause(REOPEN_AFTER, signal);
      frame.remove();
      this.run(reader, signal);
    };
    signal.addEventListener('abort', () => frame.remove());
    this.requests++;
    this.count(requestBytes(path, { Accept: 'text/html' }), HIDDEN_HEAD);
    document.body.append(frame);
  }
}
