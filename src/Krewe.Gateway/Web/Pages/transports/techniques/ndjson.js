import { chunkBytes, requestBytes, responseHeadBytes } from '../wire.js';
import { REOPEN_AFTER, Technique, pause } from './technique.js';

/** One answer that never ends, one JSON object a line: `fetch` and a stream reader. */
export class ChunkedNdjson extends Technique {
  /** @param {import('./technique.js').Reader} reader @param {AbortSignal} signal */
  async run(reader, signal) {
    while (!signal.aborted) {
      try {
        await this.#read(reader.token, signal);
      } catch {
        // Broken or stopped; the same next step.
      }
      if (signal.aborted) return;
      this.state = 'broken';
      this.emit('changed');
      await pause(REOPEN_AFTER, signal);
    }
  }

  /** @param {string} token @param {AbortSignal} signal */
  async #read(token, signal) {
    const path = `/v1/mailbox/stream?after=${this.cursor}`;
    const headers = { Accept: 'application/x-ndjson', Authorization: `Bearer ${token}` };
    this.requests++;
    this.count(requestBytes(path, headers));
    const response = await fetch(path, { headers, signal, cache: 'no-store', credentials: 'omit' });
    this.count(0, responseHeadBytes(response));
    if (!response.ok || !response.body) throw new Error(`The server answered ${response.status}.`);
    const decoder = new TextDecoder();
    const chunks = response.body.getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await chunks.read();
      if (done) return;
      this.count(0, chunkBytes(value.byteLength));
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') this.take(JSON.parse(line)); // an empty line is a heartbeat
    }
  }
}
