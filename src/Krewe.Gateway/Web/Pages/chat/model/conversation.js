/** @typedef {import('../../shared/krewe.js').Item} Item */
/** @typedef {import('./outbox.js').Waiting} Waiting */

/**
 * @typedef {'sending' | 'failed' | 'sent' | 'delivered' | 'read'} MessageState
 *
 * @typedef {object} Shown A message as it is shown: with its corrections applied.
 * @property {string} key
 * @property {string} id The id of the first version, which corrections name.
 * @property {number | undefined} seq None while it waits in the outbox.
 * @property {boolean} mine
 * @property {string} from
 * @property {string} body
 * @property {boolean} edited
 * @property {number} time
 * @property {MessageState | undefined} state Of one's own messages.
 * @property {Waiting | undefined} waiting What waits in the outbox for it.
 */

/** The messages exchanged with one peer, as far as they are loaded. */
export class Conversation {
  /** @type {Map<string, Item>} By author and id: an id is unique for one author. */
  #byId = new Map();
  /** @type {Item[]} In the order of `seq`. */
  #items = [];

  /** How far the peer has got with one's own messages, as `seq` of one's own mailbox. */
  deliveredTo = 0;
  readTo = 0;

  /** Where history goes on: undefined before it was asked for, null when there is nothing older. @type {number | null | undefined} */
  older = undefined;

  /** @param {string} me @param {string} peer */
  constructor(me, peer) {
    this.me = me;
    this.peer = peer;
  }

  get lastSeq() {
    return this.#items.at(-1)?.seq ?? 0;
  }

  get firstSeq() {
    return this.#items[0]?.seq;
  }

  get empty() {
    return this.#items.length === 0;
  }

  /** @param {Item} item @returns {boolean} Was it new? */
  put(item) {
    const key = keyOf(item);
    if (this.#byId.has(key)) return false;
    this.#byId.set(key, item);
    // Nearly always at the end (live) or at the beginning (history).
    let at = this.#items.length;
    while (at > 0 && this.#items[at - 1].seq > item.seq) at--;
    this.#items.splice(at, 0, item);
    return true;
  }

  /** One's own message of this id, if it is loaded. @param {string} id */
  own(id) {
    return this.#byId.get(`${this.me}\n${id}`);
  }

  /** A receipt covers all that was sent before, too: deliveries keep their order, and an ack means "everything up to". @param {string} kind @param {number} seq */
  mark(kind, seq) {
    this.deliveredTo = Math.max(this.deliveredTo, seq);
    if (kind === 'read') this.readTo = Math.max(this.readTo, seq);
  }

  /** What the peer sent after one's last word and after `readTo`, corrections apart: the `seq`s. @param {number} readTo @returns {number[]} */
  unreadAfter(readTo) {
    const unread = [];
    for (let at = this.#items.length - 1; at >= 0; at--) {
      const item = this.#items[at];
      if (item.seq <= readTo || item.from === this.me) break;
      if (!item.replaces) unread.push(item.seq);
    }
    return unread.reverse();
  }

  /** @param {Waiting[]} waiting @returns {Shown[]} */
  show(waiting) {
    /** @type {Map<string, Shown>} */
    const shown = new Map();
    for (const item of this.#items) {
      const original = item.replaces ? shown.get(`${item.from}\n${item.replaces}`) : undefined;
      if (original) {
        original.body = item.body ?? '';
        original.edited = true;
        original.seq = item.seq;
        original.state = this.#stateOf(item);
        shown.set(keyOf(item), original); // a correction of the correction
      } else if (!item.replaces || this.older === null) {
        shown.set(keyOf(item), this.#entry(item));
      }
    }
    for (const entry of waiting) this.#showWaiting(shown, entry);
    return [...new Set(shown.values())];
  }

  /** @param {Map<string, Shown>} shown @param {Waiting} entry */
  #showWaiting(shown, entry) {
    const key = `${this.me}\n${entry.id}`;
    if (shown.has(key)) return; // it has arrived meanwhile
    /** @type {MessageState} */
    const state = entry.error ? 'failed' : 'sending';
    const original = entry.replaces ? shown.get(`${this.me}\n${entry.replaces}`) : undefined;
    if (original) Object.assign(original, { body: entry.body, edited: true, state, waiting: entry });
    else shown.set(key, { key, id: entry.id, seq: undefined, mine: true, from: this.me, body: entry.body, edited: false, time: entry.at, state, waiting: entry });
  }

  /** @param {Item} item @returns {Shown} */
  #entry(item) {
    return {
      key: keyOf(item),
      id: item.id,
      seq: item.seq,
      mine: item.from === this.me,
      from: item.from,
      body: item.body ?? '',
      edited: Boolean(item.replaces),
      time: Date.parse(item.sentAt),
      state: this.#stateOf(item),
      waiting: undefined,
    };
  }

  /** @param {Item} item @returns {MessageState | undefined} */
  #stateOf(item) {
    if (item.from !== this.me) return undefined;
    if (item.seq <= this.readTo) return 'read';
    return item.seq <= this.deliveredTo ? 'delivered' : 'sent';
  }
}

/** @param {Item} item */
function keyOf(item) {
  return `${item.from}\n${item.id}`;
}
