import { HIDDEN_HEAD, byteLength, chunkBytes, requestBytes } from '../wire.js';
import { REOPEN_AFTER, Technique, pause } from './technique.js';

const KINDS = ['message', 'delivered', 'read'];

/** Server-sent events: the browser's `EventSource`, which reconnects and resumes by itself. */
export class ServerSentEvents extends Technique {
  /** @param {import('./technique.js').Reader} reader @param {AbortSignal} signal */
  run(reader, signal) {
    if (signal.aborted) return;
    // An EventSource cannot set a header; that is what the parameter is for.
    const path = `/v1/mailbox/stream?after=${this.cursor}&access_token=${encodeURIComponent(reader.token)}`;
    const source = new EventSource(path);
    signal.addEventListener('abort', () => source.close());
    const asked = () => {
      this.requests++;
      this.count(requestBytes(path, { Accept: 'text/event-stream' }), HIDDEN_HEAD);
    };
    asked();
    let opened = false;
    source.onopen = () => {
      if (opened) asked(); // the browser came back by itself
      opened = true;
      this.state = 'working';
    };
    source.onerror = async () => {
      this.state = 'broken';
      this.emit('changed');
      if (source.readyState !== EventSource.CLOSED) return;
      await pause(REOPEN_AFTER, signal);
      this.run(reader, signal);
    };
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.#receive(event));
  }

  /** @param {MessageEvent<string>} event */
  #receive(event) {
    this.count(0, chunkBytes(byteLength(`id: ${event.lastEventId}\nevent: ${event.type}\ndata: ${event.data}\n\n`)));
    this.take(JSON.parse(event.data));
  }
}
