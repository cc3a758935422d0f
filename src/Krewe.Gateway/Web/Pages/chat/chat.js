import { Emitter } from '../shared/emitter.js';
import { KreweApi, KreweError, MailboxSocket } from '../shared/krewe.js';
import { Acks } from './model/acks.js';
import { Contacts } from './model/contacts.js';
import { Mailbox } from './model/mailbox.js';
import { Outbox } from './model/outbox.js';
import { OwnPresence } from './model/own-presence.js';
import { ReadPositions } from './model/read-positions.js';
import { keysWith, onRemembered, recall, remember } from './model/store.js';
import { Typing } from './model/typing.js';
import { forgetSession, sessionKey, sessionOf } from './model/sessions.js';

/** How much of the mailbox is read again when the page opens; what is older comes by history, when it is looked at. */
const WINDOW = 1_000;

/** @typedef {import('../shared/krewe.js').Item} Item */
/** @typedef {import('../shared/krewe.js').Session} Session */

/**
 * One signed-in account in this tab: its models and its connection. Events: `changed`, `message` (Item; it came while one
 * was looking), `signed-out`, `trouble` (text).
 */
export class Chat extends Emitter {
  /** @type {string | null} The peer of the open conversation. */
  open = null;
  /** The newest item when the connection was opened first: what comes after it is news. */
  #newsAfter = Infinity;
  #cursor = 0;
  #ended = false;

  /** @param {Session} session */
  constructor(session) {
    super();
    const me = session.address;
    const changed = () => this.emit('changed');
    this.session = session;
    this.me = me;
    this.api = new KreweApi(session.token);
    this.socket = new MailboxSocket(session.token, 0);
    this.mailbox = new Mailbox(me);
    this.contacts = new Contacts(this.api, me, changed);
    this.reads = new ReadPositions(me, changed);
    this.acks = new Acks((seq, read) => this.socket.ack(seq, read));
    this.typing = new Typing((to, state) => this.socket.typing(to, state), changed);
    this.presence = new OwnPresence(me, (show) => this.socket.presence(show), changed);
    this.outbox = new Outbox(me, (draft) => this.socket.send(draft), (sent) => this.#sent(sent), changed);
    this.#listen();
    this.stopWatching = onRemembered(sessionKey(me), () => {
      if (sessionOf(me)?.token !== session.token) this.#end();
    });
  }

  start() {
    // Without asking how long the mailbox is: a poll would make the device count as present for a while after it is gone.
    this.#begin(Math.max(0, this.reads.floor - WINDOW));
  }

  /** Conversations that have something to show, newest first, and contacts without a word yet. */
  get peers() {
    const asking = new Set(this.contacts.requests);
    const peers = new Set(this.contacts.all.filter((contact) => !asking.has(contact)).map((contact) => contact.address));
    for (const conversation of this.mailbox.conversations) {
      if (!conversation.empty && !this.hidden(conversation.peer)) peers.add(conversation.peer);
    }
    if (this.open && !this.contacts.blocked.has(this.open)) peers.add(this.open);
    const newest = (/** @type {string} */ peer) => this.mailbox.with(peer).lastSeq;
    return [...peers].sort((a, b) => newest(b) - newest(a) || this.contacts.nameOf(a).localeCompare(this.contacts.nameOf(b)));
  }

  /** Blocked, or removed and silent since. @param {string} peer */
  hidden(peer) {
    return this.contacts.blocked.has(peer)
      || (!this.contacts.get(peer) && this.mailbox.with(peer).lastSeq <= this.#removedAt(peer));
  }

  /** @param {string} peer */
  unread(peer) {
    return this.mailbox.with(peer).unreadAfter(this.reads.of(peer)).length;
  }

  get unreadInAll() {
    return this.peers.reduce((sum, peer) => sum + this.unread(peer), 0);
  }

  /** The user looks at the open conversation. */
  readOpen() {
    if (!this.open) return;
    const conversation = this.mailbox.with(this.open);
    if (this.reads.advance(this.open, conversation.lastSeq)) this.emit('changed');
  }

  /** Older messages of a conversation. @param {string} peer */
  async loadOlder(peer) {
    const conversation = this.mailbox.with(peer);
    if (conversation.older === null) return;
    const page = await this.api.history(peer, conversation.older ?? conversation.firstSeq);
    this.mailbox.takeHistory(peer, page);
    this.emit('changed');
  }

  /** @param {string} peer @param {string} body @param {string} [replaces] */
  send(peer, body, replaces) {
    this.typing.stopped();
    this.outbox.add(peer, body, replaces);
  }

  /** @param {string} peer */
  async remove(peer) {
    this.#dismiss(peer);
    remember(this.#removedKey(peer), String(this.mailbox.with(peer).lastSeq));
    await this.contacts.remove(peer);
  }

  /** @param {string} peer */
  async block(peer) {
    this.#dismiss(peer);
    await this.contacts.block(peer);
  }

  /** Settles what is known into acks; called after every change. */
  settle() {
    if (this.socket.state !== 'open') return;
    let readTo = this.#cursor;
    for (const conversation of this.mailbox.conversations) {
      const [first] = conversation.unreadAfter(this.reads.of(conversation.peer));
      if (first !== undefined) readTo = Math.min(readTo, first - 1);
    }
    this.reads.raiseFloor(readTo);
    this.acks.update(this.#cursor, readTo);
  }

  /** Ends the token and forgets what this browser kept of the account. */
  async signOut() {
    await this.api.signOut().catch((error) => {
      if (!(error instanceof KreweError && error.signedOut)) throw error;
    });
    this.forget();
  }

  async deleteAccount() {
    await this.api.deleteAccount();
    this.forget();
  }

  forget() {
    this.outbox.clear();
    this.reads.forgetPeers();
    for (const kind of ['draft', 'removed']) {
      for (const key of keysWith(`krewe.${kind}.${this.me}/`)) remember(key, null);
    }
    this.#end();
  }

  #end() {
    if (this.#ended) return;
    this.#ended = true;
    this.stop();
    if (sessionOf(this.me)?.token === this.session.token) forgetSession(this.me);
    this.emit('signed-out');
  }

  /** Leaves the account signed in, but not in this tab. */
  stop() {
    this.socket.stop();
    this.acks.stop();
    this.outbox.close();
    this.reads.close();
    this.presence.close();
    this.stopWatching();
  }

  /** @param {number} cursor */
  #begin(cursor) {
    this.socket.cursor = this.#cursor = cursor;
    this.socket.start();
  }

  #listen() {
    this.socket.on('state', (state) => {
      if (state === 'waiting') this.contacts.stale = true;
      this.emit('changed');
    });
    this.socket.on('hello', (hello) => this.#hello(hello));
    this.socket.on('item', (item) => this.#item(item));
    this.socket.on('presence', (frame) => this.contacts.takePresence(frame));
    this.socket.on('contact', (frame) => this.contacts.take(frame.contact));
    this.socket.on('typing', (frame) => this.typing.take(frame));
    this.socket.on('signed-out', () => this.#end());
    this.socket.on('cursor-lost', (error) => this.#restart(error));
  }

  /** @param {{last: number}} hello */
  #hello(hello) {
    if (this.#newsAfter === Infinity) {
      this.#newsAfter = hello.last;
      if (hello.last - this.#cursor > 2 * WINDOW) {
        this.socket.stop();
        return this.#begin(hello.last - WINDOW);
      }
    }
    this.acks.reset();
    this.presence.tell();
    this.#loadContacts();
    void this.outbox.pump();
    this.emit('changed');
  }

  /** @param {Item} item */
  #item(item) {
    this.#cursor = item.seq;
    const isNew = this.mailbox.take(item);
    if (item.kind === 'message' && item.from === this.me) this.outbox.discard(item.id);
    if (isNew && item.from !== this.me && item.seq > this.#newsAfter) {
      this.typing.ended(item.from);
      this.emit('message', item);
    }
    // Then they are not blocked any more: another tab or device changed that.
    if (isNew && this.contacts.blocked.has(item.from)) this.#loadContacts();
    this.emit('changed');
  }

  #loadContacts() {
    this.contacts.load().catch((error) => this.emit('trouble', error.message));
  }

  /** Whoever is sent away leaves nothing unread that would hold up the marks of others. @param {string} peer */
  #dismiss(peer) {
    this.reads.advance(peer, this.mailbox.with(peer).lastSeq);
  }

  /** @param {import('../shared/krewe.js').Sent & import('./model/outbox.js').Waiting} sent */
  #sent({ id, seq, sentAt, to, body, replaces }) {
    this.mailbox.take({ kind: 'message', from: this.me, id, seq, sentAt, to, body, replaces });
  }

  /**
   * The mailbox was trimmed past the cursor, or put back to an older state: what is shown is not what is.
   * @param {import('../shared/krewe.js').KreweError} error
   */
  #restart(error) {
    this.mailbox.clear();
    if (error.last !== undefined) this.reads.limitTo(error.last);
    this.#begin(error.first !== undefined ? error.first - 1 : Math.max(0, (error.last ?? 0) - WINDOW));
    this.emit('changed');
  }

  /** @param {string} peer */
  #removedKey(peer) {
    return `krewe.removed.${this.me}/${peer}`;
  }

  /** @param {string} peer */
  #removedAt(peer) {
    return Number(recall(this.#removedKey(peer)) ?? 0);
  }
}
