import { MailboxSocket, newId } from '../shared/krewe.js';

/**
 * Sends numbered messages, so many a second on average. By WebSocket: a browser opens no more than six HTTP/1.1 connections to a server, and
 * the techniques need them.
 */
export class Sender {
  /** When each message was sent, by id. @type {Map<string, number>} */
  sentAt = new Map();
  sent = 0;
  refused = '';
  paused = false;
  rate = 1;
  /** @type {number | undefined} */
  #timer;
  /** @type {Map<string, import('../shared/krewe.js').Draft>} */
  #unanswered = new Map();

  /** @param {string} token @param {string} to @param {number} cursor */
  constructor(token, to, cursor) {
    this.to = to;
    this.socket = new MailboxSocket(token, cursor);
    this.socket.on('hello', () => {
      for (const message of this.#unanswered.values()) void this.#deliver(message);
      this.#plan();
    });
    this.socket.start();
  }

  /** @param {number} rate Messages a second. */
  setRate(rate) {
    this.rate = rate;
    this.#plan();
  }

  /** @param {boolean} paused */
  setPaused(paused) {
    this.paused = paused;
    this.#plan();
  }

  /** @param {number} count */
  burst(count) {
    for (let i = 0; i < count; i++) this.#send();
  }

  clear() {
    this.sentAt.clear();
    this.sent = 0;
  }

  stop() {
    clearTimeout(this.#timer);
    this.socket.stop();
  }

  #plan() {
    clearTimeout(this.#timer);
    if (this.paused || this.socket.state !== 'open') return;
    this.#timer = setTimeout(() => {
      this.#send();
      this.#plan();
      // Not like clockwork: a sender in step with the polling would show the same delay again and again.
    }, (0.5 + Math.random()) * 1000 / this.rate);
  }

  #send() {
    if (this.socket.state !== 'open') return;
    const message = { id: newId(), to: this.to, body: `Message ${++this.sent}` };
    this.sentAt.set(message.id, performance.now());
    void this.#deliver(message);
  }

  /** @param {import('../shared/krewe.js').Draft} message */
  async #deliver(message) {
    this.#unanswered.set(message.id, message);
    try {
      await this.socket.send(message);
      this.refused = '';
    } catch (error) {
      const { code, message: text } = /** @type {import('../shared/krewe.js').KreweError} */ (error);
      if (code === 'offline') return; // sent again, under the same id, by the next connection
      this.refused = text;
      this.sentAt.delete(message.id); // it is stored nowhere, so nobody can see it
    }
    this.#unanswered.delete(message.id);
  }
}
