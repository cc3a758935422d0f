import { Conversation } from './conversation.js';

/** @typedef {import('../../shared/krewe.js').Item} Item */

/** One's mailbox, sorted into conversations. Knows no page and no network. */
export class Mailbox {
  /** @type {Map<string, Conversation>} */
  #conversations = new Map();
  /** Receipts for messages that are not loaded yet, by peer and id. @type {Map<string, string>} */
  #unplaced = new Map();

  /** @param {string} me */
  constructor(me) {
    this.me = me;
  }

  /** @returns {Iterable<Conversation>} */
  get conversations() {
    return this.#conversations.values();
  }

  /** @param {string} peer */
  with(peer) {
    let conversation = this.#conversations.get(peer);
    if (!conversation) this.#conversations.set(peer, conversation = new Conversation(this.me, peer));
    return conversation;
  }

  /** Takes an item; true if it is a message that was not there yet. @param {Item} item */
  take(item) {
    switch (item.kind) {
      case 'message':
        return this.#message(item);
      case 'delivered':
      case 'read':
        for (const id of item.ids ?? []) this.#receipt(item.from, item.kind, id);
        return false;
      default: // later kinds may come
        return false;
    }
  }

  /** @param {string} peer @param {{items: Item[], next?: number}} page */
  takeHistory(peer, page) {
    for (const item of page.items) this.#message(item);
    this.with(peer).older = page.next ?? null;
  }

  clear() {
    this.#conversations.clear();
    this.#unplaced.clear();
  }

  /** @param {Item} item */
  #message(item) {
    const mine = item.from === this.me;
    const conversation = this.with(mine ? item.to : item.from);
    if (!conversation.put(item)) return false;
    const receipt = mine && this.#unplaced.get(`${item.to}\n${item.id}`);
    if (receipt) conversation.mark(receipt, item.seq);
    return true;
  }

  /** @param {string} reader @param {string} kind @param {string} id */
  #receipt(reader, kind, id) {
    const conversation = this.with(reader);
    const message = conversation.own(id);
    const key = `${reader}\n${id}`;
    if (message) conversation.mark(kind, message.seq);
    else if (this.#unplaced.get(key) !== 'read') this.#unplaced.set(key, kind);
  }
}
