import { find, h, icon, setText } from '../../shared/dom.js';
import { avatar, presenceName, updateAvatar } from './avatar.js';
import { Composer } from './composer.js';
import { MessageList } from './message-list.js';
import { PeerMenu } from './peer-menu.js';

const NEAR = 60; // px from an edge that count as being there

/** The open conversation: who it is with, its messages, and where one writes. */
export class ConversationView {
  #pane = /** @type {HTMLElement} */ (find('#conversation'));
  #nothing = /** @type {HTMLElement} */ (find('#nothing-open'));
  #name = h('h1', { id: 'peer-name', class: 'peer-name' });
  #standing = h('p', { class: 'peer-standing' });
  #banner = h('div', { class: 'banner', hidden: true });
  #empty = h('p', { class: 'empty-conversation' });
  #older = h('button', { class: 'text-button older', type: 'button', hidden: true, onclick: () => void this.#loadOlder() }, 'Show older messages');
  #toEnd = h('button', { class: 'to-end', type: 'button', hidden: true, onclick: () => this.#scrollToEnd() }, icon('down'), h('span'));
  /** @type {string | null} */
  #peer = null;
  #face = h('span');
  /** @type {number | null} */
  #unreadAfter = null;
  #loading = false;
  #atEnd = true;
  #seen = 0;

  /**
   * @param {import('../chat.js').Chat} chat
   * @param {{leave: () => void, attempt: (action: Promise<unknown>) => Promise<boolean>, confirm: (question: import('./confirm.js').Question) => Promise<boolean>}} page
   */
  constructor(chat, page) {
    this.chat = chat;
    this.page = page;
    this.composer = new Composer(chat, { lastOwn: () => this.#editable(), leave: page.leave });
    this.list = new MessageList({
      edit: (key) => {
        const message = this.#editable();
        if (message?.key === key) this.composer.edit(message);
      },
      retry: (message) => message.waiting && chat.outbox.retry(message.waiting),
      discard: (message) => message.waiting && chat.outbox.discard(message.waiting.id),
    }, (address) => chat.contacts.nameOf(address));
    this.menu = new PeerMenu(chat, page);
    this.scroller = h('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Messages', onscroll: () => this.#scrolled() },
      this.#older, this.list.element, this.#empty);
    this.#pane.replaceChildren(
      h('header', { class: 'peer' },
        h('button', { class: 'icon-button back', type: 'button', 'aria-label': 'Back to conversations', onclick: page.leave }, icon('back')),
        this.#face, h('div', { class: 'peer-text' }, this.#name, this.#standing), this.menu.element),
      this.#banner, this.scroller, this.#toEnd, this.composer.element);
    this.#pane.onkeydown = (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) page.leave();
    };
    new ResizeObserver(() => this.#keepEnd()).observe(this.scroller);
  }

  /** @param {string | null} peer */
  show(peer) {
    if (peer === this.#peer) return;
    this.#peer = peer;
    this.#pane.hidden = peer === null;
    this.#nothing.hidden = peer !== null;
    this.chat.typing.stopped();
    if (peer === null) return;
    const face = avatar(peer);
    this.#face.replaceWith(face);
    this.#face = face;
    this.list.element.replaceChildren();
    const [firstUnread] = this.chat.mailbox.with(peer).unreadAfter(this.chat.reads.of(peer));
    this.#unreadAfter = firstUnread === undefined ? null : firstUnread - 1;
    this.#atEnd = true;
    this.#seen = this.chat.mailbox.with(peer).lastSeq;
    this.composer.show(peer, this.chat.contacts.nameOf(peer));
    this.update();
    const line = this.list.element.querySelector('.new-line');
    if (line) line.scrollIntoView({ block: 'center' });
    if (this.chat.mailbox.with(peer).older === undefined) void this.#loadOlder();
  }

  update() {
    const peer = this.#peer;
    if (peer === null) return;
    const { contacts, mailbox, outbox } = this.chat;
    const conversation = mailbox.with(peer);
    const messages = conversation.show(outbox.to(peer));
    const name = peer === this.chat.me ? 'Notes to yourself' : contacts.nameOf(peer);
    setText(this.#name, name);
    updateAvatar(this.#face, name, contacts.showOf(peer));
    this.#updateStanding(peer);
    this.#updateBanner(peer);
    this.menu.update(peer);
    setText(this.#empty, messages.length > 0 ? '' : this.#loading ? 'Loading…' : `This is the beginning. Say hello to ${name}.`);
    this.list.update(messages, this.#unreadAfter, this.#editable());
    this.#older.hidden = !conversation.older;
    this.#keepEnd();
    const newer = this.#atEnd ? [] : conversation.unreadAfter(this.#seen);
    if (this.#atEnd) this.#seen = conversation.lastSeq;
    this.#toEnd.hidden = this.#atEnd;
    setText(this.#toEnd.children[1], newer.length === 0 ? 'Newest messages' : newer.length === 1 ? '1 new message' : `${newer.length} new messages`);
  }

  /** The user wrote something: it should be seen. */
  #scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#atEnd = true;
    this.update();
  }

  #keepEnd() {
    if (this.#atEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const atEnd = scrollHeight - clientHeight - scrollTop < NEAR;
    if (atEnd !== this.#atEnd) {
      this.#atEnd = atEnd;
      this.update();
    }
    if (scrollTop < NEAR && this.#peer && this.chat.mailbox.with(this.#peer).older) void this.#loadOlder();
  }

  async #loadOlder() {
    const peer = this.#peer;
    if (peer === null || this.#loading) return;
    this.#loading = true;
    const height = this.scroller.scrollHeight;
    const top = this.scroller.scrollTop;
    const held = this.#atEnd;
    const done = await this.page.attempt(this.chat.loadOlder(peer));
    this.#loading = false;
    if (peer !== this.#peer) return void (this.chat.mailbox.with(this.#peer ?? peer).older === undefined && this.#loadOlder());
    this.update();
    // What one was reading stays where it was.
    if (done && !held) this.scroller.scrollTop = top + this.scroller.scrollHeight - height;
    const conversation = this.chat.mailbox.with(peer);
    if (done && conversation.older && this.scroller.scrollHeight <= this.scroller.clientHeight) void this.#loadOlder();
  }

  #editable() {
    if (this.#peer === null) return undefined;
    const last = this.chat.mailbox.with(this.#peer).show(this.chat.outbox.to(this.#peer)).findLast((message) => message.mine);
    return last?.waiting ? undefined : last;
  }

  /** @param {string} peer */
  #updateStanding(peer) {
    const { contacts, typing } = this.chat;
    const contact = contacts.get(peer);
    const show = contacts.showOf(peer);
    const status = contact?.presence?.status;
    const text = this.chat.socket.state === 'waiting' ? 'no connection – messages wait here'
      : typing.of(peer) ? 'typing…'
        : show !== undefined ? presenceName(show) + (status ? ` – ${status}` : '')
          : contact?.pending === 'out' ? 'has not answered your request yet'
            : peer === this.chat.me ? 'only you see these' : '';
    setText(this.#standing, text);
    this.#standing.classList.toggle('typing', typing.of(peer));
  }

  /** @param {string} peer */
  #updateBanner(peer) {
    const { contacts } = this.chat;
    const contact = contacts.get(peer);
    const kind = peer === this.chat.me ? '' : contacts.requests.includes(/** @type {any} */ (contact)) ? 'asks' : contact ? '' : 'stranger';
    if (this.#banner.dataset.kind === `${kind} ${peer}`) return;
    this.#banner.dataset.kind = `${kind} ${peer}`;
    this.#banner.hidden = kind === '';
    if (kind === '') return;
    const name = contacts.nameOf(peer);
    const button = (/** @type {string} */ text, /** @type {() => Promise<unknown>} */ action, main = false) =>
      h('button', { class: main ? 'button small primary' : 'button small', type: 'button', onclick: () => this.page.attempt(action()) }, text);
    this.#banner.replaceChildren(...kind === 'asks'
      ? [h('p', {}, `${name} wants to see when you are here.`), button('Accept', () => contacts.answer(peer, 'approve'), true), button('Decline', () => contacts.answer(peer, 'deny'))]
      : [h('p', {}, `${name} is not one of your contacts.`), button('Add', () => contacts.add(peer), true), button('Block', () => this.chat.block(peer))]);
  }
}
