import { onRemembered, recallJson, remember } from './store.js';

/** @typedef {{floor: number, peers: Record<string, number>}} Kept */

/**
 * Up to where each conversation was read in this browser. The server knows how far the user as a whole has read, but
 * tells only the senders; so the positions are kept here, for all tabs.
 */
export class ReadPositions {
  /** @param {string} me @param {() => void} changed Another tab has read something. */
  constructor(me, changed) {
    this.#key = `krewe.read.${me}`;
    this.#kept = recallJson(this.#key, { floor: 0, peers: {} });
    this.close = onRemembered(this.#key, () => {
      this.#merge();
      changed();
    });
  }

  #key;
  /** @type {Kept} */
  #kept;

  /** Everything up to here is read, whoever sent it. */
  get floor() {
    return this.#kept.floor;
  }

  /** @param {string} peer */
  of(peer) {
    return Math.max(this.#kept.floor, this.#kept.peers[peer] ?? 0);
  }

  /** @param {string} peer @param {number} seq @returns {boolean} Did it move? */
  advance(peer, seq) {
    if (seq <= this.of(peer)) return false;
    this.#merge();
    this.#kept.peers[peer] = seq;
    this.#save();
    return true;
  }

  /** The positions below it need not be kept one by one any more. @param {number} seq */
  raiseFloor(seq) {
    if (seq <= this.#kept.floor) return;
    this.#merge();
    this.#kept.floor = Math.max(this.#kept.floor, seq);
    for (const [peer, position] of Object.entries(this.#kept.peers)) if (position <= seq) delete this.#kept.peers[peer];
    this.#save();
  }

  /** Leaves no name behind, only the number that the next sign-in begins with. */
  forgetPeers() {
    this.#kept.peers = {};
    this.#save();
  }

  /** The mailbox was put back to an older state: positions beyond its end mean nothing. @param {number} last */
  limitTo(last) {
    this.#kept.floor = Math.min(this.#kept.floor, last);
    for (const [peer, position] of Object.entries(this.#kept.peers)) this.#kept.peers[peer] = Math.min(position, last);
    this.#save();
  }

  #merge() {
    /** @type {Kept} */
    const other = recallJson(this.#key, { floor: 0, peers: {} });
    this.#kept.floor = Math.max(this.#kept.floor, other.floor);
    for (const [peer, position] of Object.entries(other.peers)) {
      this.#kept.peers[peer] = Math.max(this.#kept.peers[peer] ?? 0, position);
    }
  }

  #save() {
    remember(this.#key, JSON.stringify(this.#kept));
  }
}
