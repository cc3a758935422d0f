import { requestBytes, responseHeadBytes } from '../wire.js';
import { REOPEN_AFTER, Technique, pause } from './technique.js';

/** @typedef {import('./technique.js').Reader} Reader */

/** What polling, polling with ETag and long-polling share: request after request, each answered with a page of the mailbox. */
class Asking extends Technique {
  /** @param {Reader} reader @param {AbortSignal} signal */
  async run(reader, signal) {
    while (!signal.aborted) {
      try {
        const more = await this.ask(reader.token, signal);
        this.state = 'working';
        if (!more) await pause(this.rest(reader), signal);
      } catch {
        if (signal.aborted) return;
        this.state = 'broken';
        this.emit('changed');
        await pause(REOPEN_AFTER, signal);
      }
    }
  }

  /** How long to wait before the next request. @param {Reader} reader */
  rest(reader) {
    return reader.pollEvery();
  }

  query() {
    return `after=${this.cursor}`;
  }

  /** @param {string} _path @returns {Record<string, string>} */
  headers(_path) {
    return {};
  }

  /** @param {string} _path @param {Response} _response */
  answered(_path, _response) {}

  /** One request. @param {string} token @param {AbortSignal} signal @returns {Promise<boolean>} Is there more to ask for at once? */
  async ask(token, signal) {
    const path = `/v1/mailbox?${this.query()}`;
    const headers = { Authorization: `Bearer ${token}`, ...this.headers(path) };
    this.requests++;
    this.count(requestBytes(path, headers));
    // no-store: the browser's own cache must not answer instead of the server.
    const response = await fetch(path, { headers, signal, cache: 'no-store', credentials: 'omit' });
    const body = await response.arrayBuffer();
    this.count(0, responseHeadBytes(response) + body.byteLength);
    this.answered(path, response);
    if (response.status === 304) return false;
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const page = JSON.parse(new TextDecoder().decode(body));
    for (const item of page.items) this.take(item);
    return page.next < page.last;
  }
}

export class Polling extends Asking {}

/** Polling that names what it has seen, so that "nothing new" has no body. */
export class PollingWithETag extends Asking {
  #path = '';
  #etag = '';

  /** @param {string} path */
  headers(path) {
    /** @type {Record<string, string>} */
    const headers = {};
    if (path === this.#path && this.#etag) headers['If-None-Match'] = this.#etag;
    return headers;
  }

  /** @param {string} path @param {Response} response */
  answered(path, response) {
    if (response.status === 304) return;
    this.#path = path;
    this.#etag = response.headers.get('ETag') ?? '';
  }
}

/** The server holds the answer back until there is one. */
export class LongPolling extends Asking {
  query() {
    return `after=${this.cursor}&wait=25`;
  }

  rest() {
    return 0;
  }
}
