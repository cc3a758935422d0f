const REPEAT = 3_000; // a word of composing is renewed as often while the user goes on
const IDLE = 5_000; // without a key: paused
const BELIEVED = 8_000; // a peer that said composing and nothing since has gone away

/** Who is typing, in both directions. */
export class Typing {
  /** @type {Map<string, number>} */
  #peers = new Map();
  #told = { peer: '', at: 0 };
  /** @type {number | undefined} */
  #idle;

  /** @param {(to: string, state: string) => boolean} tell @param {() => void} changed */
  constructor(tell, changed) {
    this.tell = tell;
    this.changed = changed;
  }

  /** @param {string} peer */
  of(peer) {
    return this.#peers.has(peer);
  }

  /** A `typing` frame. @param {{from: string, state: string}} frame */
  take({ from, state }) {
    this.#forget(from);
    if (state === 'composing') this.#peers.set(from, setTimeout(() => this.ended(from), BELIEVED));
    this.changed();
  }

  /** The peer has sent what it was typing, or is gone. @param {string} peer */
  ended(peer) {
    if (!this.#peers.has(peer)) return;
    this.#forget(peer);
    this.changed();
  }

  /** The user types to a peer. @param {string} peer @param {boolean} something Is there text left? */
  typed(peer, something) {
    if (!something) return this.stopped();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stopped(), IDLE);
    if (this.#told.peer === peer && Date.now() - this.#told.at < REPEAT) return;
    if (this.#told.peer !== peer) this.stopped();
    if (this.tell(peer, 'composing')) this.#told = { peer, at: Date.now() };
  }

  /** The user sent the text, took it away or looks elsewhere. */
  stopped() {
    clearTimeout(this.#idle);
    if (this.#told.peer) this.tell(this.#told.peer, 'paused');
    this.#told = { peer: '', at: 0 };
  }

  /** @param {string} peer */
  #forget(peer) {
    clearTimeout(this.#peers.get(peer));
    this.#peers.delete(peer);
  }
}
