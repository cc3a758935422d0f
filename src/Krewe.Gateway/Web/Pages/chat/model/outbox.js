import { KreweError, backoff, newId } from '../../shared/krewe.js';
import { keysWith, onRemembered, recallJson, remember } from './store.js';

/**
 * @typedef {object} Waiting A message that the server has not yet confirmed.
 * @property {string} id
 * @property {string} to
 * @property {string} body
 * @property {string} [replaces]
 * @property {number} at When it was written.
 * @property {string} [error] Why the server refused it; then it waits for the user.
 */

/**
 * What was written and is not yet confirmed. It outlives the page: each entry is kept under a key of its own, so that
 * tabs do not overwrite one another's. Any tab may send an entry; the id makes a second time harmless. One at a time,
 * so that the order is the user's.
 */
export class Outbox {
  #prefix;
  #sending = false;
  #attempt = 0;
  /** @type {number | undefined} */
  #timer;
  /** @type {Waiting[]} */
  #waiting = [];

  /**
   * @param {string} me
   * @param {(draft: import('../../shared/krewe.js').Draft) => Promise<import('../../shared/krewe.js').Sent>} send
   * @param {(sent: import('../../shared/krewe.js').Sent & Waiting) => void} sent
   * @param {() => void} changed
   */
  constructor(me, send, sent, changed) {
    this.#prefix = `krewe.outbox.${me}/`;
    this.send = send;
    this.sent = sent;
    this.changed = changed;
    this.#load();
    this.close = onRemembered(this.#prefix, () => {
      this.#load();
      changed();
      void this.pump();
    });
  }

  /** @param {string} peer @returns {Waiting[]} */
  to(peer) {
    return this.#waiting.filter((entry) => entry.to === peer);
  }

  /** @param {string} to @param {string} body @param {string} [replaces] */
  add(to, body, replaces) {
    const last = this.#waiting.at(-1)?.at ?? 0;
    this.#keep({ id: newId(), to, body, replaces, at: Math.max(Date.now(), last + 1) });
    void this.pump();
  }

  /** The user wants a refused message tried again. @param {Waiting} entry */
  retry(entry) {
    this.#keep({ ...entry, error: undefined });
    void this.pump();
  }

  /** @param {string} id */
  discard(id) {
    if (!this.#waiting.some((entry) => entry.id === id)) return;
    remember(this.#prefix + id, null);
    this.#load();
    this.changed();
  }

  clear() {
    for (const key of keysWith(this.#prefix)) remember(key, null);
    this.#load();
  }

  /** Sends what waits, until it is sent or the connection ends. */
  async pump() {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) {
        const { id, to, body, replaces } = entry;
        const sent = await this.send({ id, to, body, replaces }).catch((error) => this.#refused(/** @type {Waiting} */ (entry), error));
        if (!sent) break;
        this.#attempt = 0;
        if (sent === true) continue;
        this.sent({ ...entry, ...sent });
        this.discard(id);
      }
    } finally {
      this.#sending = false;
    }
  }

  /** @param {Waiting} entry @param {unknown} error @returns {boolean} Go on with the next one? */
  #refused(entry, error) {
    if (!(error instanceof KreweError)) throw error;
    if (error.code === 'offline') return false; // the next connection pumps again
    if (error.temporary) {
      const delay = error.retryAfter ? error.retryAfter * 1000 : backoff(this.#attempt++);
      this.#timer = setTimeout(() => void this.pump(), delay);
      return false;
    }
    this.#keep({ ...entry, error: reason(error) });
    return true;
  }

  #next() {
    return this.#waiting.find((entry) => !entry.error);
  }

  /** @param {Waiting} entry */
  #keep(entry) {
    remember(this.#prefix + entry.id, JSON.stringify(entry));
    this.#load();
    this.changed();
  }

  #load() {
    this.#waiting = keysWith(this.#prefix)
      .map((key) => /** @type {Waiting | null} */ (recallJson(key, null)))
      .filter((entry) => entry !== null)
      .sort((a, b) => a.at - b.at);
  }
}

/** @param {KreweError} error */
function reason(error) {
  switch (error.code) {
    case 'not-found': return 'There is no such person, or they do not take messages from you.';
    case 'too-large': return 'The message is too long.';
    default: return error.message;
  }
}
