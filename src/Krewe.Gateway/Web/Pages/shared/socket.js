import { KreweApi } from './api.js';
import { backoff } from './backoff.js';
import { Emitter } from './emitter.js';
import { KreweError } from './error.js';

const PING_AFTER = 20_000; // of silence; a dead peer is noticed after this and PONG_WITHIN
const PONG_WITHIN = 10_000;
const FINAL = new Set(['signed-out', 'token-expired', 'account-deleted', 'account-disabled']);

/**
 * A WebSocket to the mailbox that keeps itself open: it resumes with its cursor, waits longer after every failure,
 * and notices a dead connection by its heartbeat.
 *
 * Events: `state` ({@link SocketState}), `hello` (frame), `item` (Item; every seq once and in order), `presence`, `typing`,
 * `contact` (frames), `sent-bytes` / `received-bytes` (number), `cursor-lost` (KreweError: what lies after the cursor is
 * gone, or never was; set `cursor` and start again), `signed-out`.
 * @typedef {'idle' | 'connecting' | 'open' | 'waiting'} SocketState
 */
export class MailboxSocket extends Emitter {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {SocketState} */
  #state = 'idle';
  /** @type {Map<string, {resolve: (sent: import('./krewe.js').Sent) => void, reject: (error: KreweError) => void}>} */
  #unanswered = new Map();
  #greeted = false;
  #attempt = 0;
  #nextRef = 1;
  /** @type {number | undefined} */
  #retryTimer;
  /** @type {number | undefined} */
  #heartbeatTimer;
  /** @type {number | undefined} */
  #askedBack;

  /** @param {string} token @param {number} cursor */
  constructor(token, cursor) {
    super();
    this.token = token;
    this.cursor = cursor;
    this.opened = 0;
  }

  get state() {
    return this.#state;
  }

  start() {
    if (this.#state !== 'idle') return;
    addEventListener('online', this.hurry);
    document.addEventListener('visibilitychange', this.#look);
    this.#connect();
  }

  /** Ends the connection and forgets what waits for an answer. `start` begins anew. */
  stop() {
    removeEventListener('online', this.hurry);
    document.removeEventListener('visibilitychange', this.#look);
    clearTimeout(this.#retryTimer);
    this.#drop();
    this.#enter('idle');
  }

  /**
   * Resolves when the message is durable. Rejects with `offline` when the connection ends first: whether the server has it
   * is then unknown, and sending it again under the same id is harmless.
   * @param {import('./krewe.js').Draft} draft @returns {Promise<import('./krewe.js').Sent>}
   */
  send(draft) {
    const ref = String(this.#nextRef++);
    return new Promise((resolve, reject) => {
      if (!this.#write({ ...draft, type: 'send', ref })) reject(offline());
      else this.#unanswered.set(ref, { resolve, reject });
    });
  }

  /** @param {number} seq @param {boolean} read */
  ack(seq, read) {
    return this.#write({ type: 'ack', seq, read });
  }

  /** @param {string} show */
  presence(show) {
    return this.#write({ type: 'presence', show });
  }

  /** @param {string} to @param {string} state */
  typing(to, state) {
    return this.#write({ type: 'typing', to, state });
  }

  /** Tries now instead of at the end of the back-off. */
  hurry = () => {
    if (this.#state !== 'waiting') return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  };

  /** A tab that was asleep checks at once whether its connection still lives. */
  #look = () => {
    if (document.visibilityState !== 'visible') return;
    this.hurry();
    if (this.#state === 'open') this.#ping();
  };

  #connect() {
    this.#enter('connecting');
    this.#greeted = false;
    const url = new URL('/v1/ws', location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    // A browser cannot set a header on a WebSocket.
    url.search = new URLSearchParams({ after: String(this.cursor), access_token: this.token }).toString();
    const socket = new WebSocket(url, 'krewe.v1.json');
    this.#socket = socket;
    this.opened++;
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(String(event.data));
    };
    socket.onclose = () => {
      if (socket === this.#socket) void this.#lost();
    };
    this.#expectSilence(PING_AFTER);
  }

  /** @param {string} text */
  #receive(text) {
    this.emit('received-bytes', text);
    this.#expectSilence(PING_AFTER);
    const frame = JSON.parse(text);
    switch (frame.type) {
      case 'hello':
        this.#greeted = true;
        this.#attempt = 0;
        this.#enter('open');
        this.emit('hello', frame);
        break;
      case 'item':
        this.#item(frame.item);
        break;
      case 'sent':
        this.#unanswered.get(frame.ref)?.resolve(frame);
        this.#unanswered.delete(frame.ref);
        break;
      case 'error':
        this.#unanswered.get(frame.ref)?.reject(new KreweError(frame.code, frame.message, { retryAfter: frame.retryAfter }));
        this.#unanswered.delete(frame.ref);
        break;
      case 'closing':
        if (FINAL.has(frame.reason)) this.#signedOut();
        else this.#askedBack = (frame.retryAfter ?? 0) * 1000;
        break;
      case 'presence':
      case 'typing':
      case 'contact':
        this.emit(frame.type, frame);
        break;
      default: // pong, and what later servers may say
        break;
    }
  }

  /** @param {import('./krewe.js').Item} item */
  #item(item) {
    if (item.seq <= this.cursor) return;
    if (item.seq > this.cursor + 1) {
      // The server promises no gaps. Were there one, asking again from the cursor would close it.
      this.#socket?.close();
      return;
    }
    this.cursor = item.seq;
    this.emit('item', item);
  }

  async #lost() {
    const greeted = this.#greeted;
    this.#drop();
    const asked = this.#askedBack;
    this.#askedBack = undefined;
    this.#wait(asked === undefined ? backoff(this.#attempt++) : asked + backoff(0));
    // A refused handshake tells a page nothing, so the same question goes by an ordinary request.
    if (!greeted) await this.#askWhy();
  }

  async #askWhy() {
    try {
      await new KreweApi(this.token).mailbox(this.cursor, 1);
    } catch (error) {
      if (!(error instanceof KreweError) || this.#state !== 'waiting') return;
      if (error.signedOut) {
        this.#signedOut();
      } else if (error.code === 'cursor-expired' || error.code === 'cursor-ahead') {
        this.stop();
        this.emit('cursor-lost', error);
      }
    }
  }

  #signedOut() {
    this.stop();
    this.emit('signed-out');
  }

  /** @param {number} delay */
  #wait(delay) {
    this.retryAt = Date.now() + delay;
    this.#enter('waiting');
    this.#retryTimer = setTimeout(() => this.#connect(), delay);
  }

  #drop() {
    clearTimeout(this.#heartbeatTimer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    const unanswered = [...this.#unanswered.values()];
    this.#unanswered.clear();
    for (const { reject } of unanswered) reject(offline());
  }

  #ping() {
    if (this.#write({ type: 'ping' })) this.#expectSilence(PONG_WITHIN, true);
  }

  /** @param {number} time @param {boolean} [pinged] */
  #expectSilence(time, pinged = false) {
    clearTimeout(this.#heartbeatTimer);
    this.#heartbeatTimer = setTimeout(() => {
      if (!pinged && this.#state === 'open') this.#ping();
      else void this.#lost(); // close() alone would wait for a peer that is gone
    }, time);
  }

  /** @param {object} frame @returns {boolean} Was there a connection to write to? */
  #write(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN || !this.#greeted) return false;
    const text = JSON.stringify(frame);
    this.#socket.send(text);
    this.emit('sent-bytes', text);
    return true;
  }

  /** @param {SocketState} state */
  #enter(state) {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('state', state);
  }
}

function offline() {
  return new KreweError('offline', 'The connection ended before the server answered.');
}
