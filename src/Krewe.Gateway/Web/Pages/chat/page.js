import { find, h, setText } from '../shared/dom.js';
import { Chat } from './chat.js';
import { AccountDialog } from './views/account-dialog.js';
import { announce } from './views/announcer.js';
import { ConnectionLine } from './views/connection-line.js';
import { confirm } from './views/confirm.js';
import { ContactList } from './views/contact-list.js';
import { ConversationView } from './views/conversation.js';
import { Notifications } from './views/notifications.js';
import { Requests } from './views/requests.js';

/** The page of a signed-in user: binds the models of {@link Chat} to the views. */
export class ChatPage {
  #root = /** @type {HTMLElement} */ (find('#chat'));
  #drawing = false;
  #stopped = new AbortController();
  #lastState = '';

  /** @param {import('../shared/krewe.js').Session} session @param {(notice: string) => void} left The user signed out, or wants to be somebody else here. */
  constructor(session, left) {
    this.left = left;
    const chat = this.chat = new Chat(session);
    const page = {
      leave: () => this.#leave(),
      attempt: (/** @type {Promise<unknown>} */ action) => this.#attempt(action),
      confirm,
      elsewhere: () => this.#close(''),
    };
    this.notifications = new Notifications();
    this.line = new ConnectionLine(chat.socket);
    this.list = new ContactList(chat);
    this.requests = new Requests(chat, page.attempt);
    this.conversation = new ConversationView(chat, page);
    this.account = new AccountDialog(chat, this.notifications, page);
    this.#bind();
  }

  start() {
    this.#root.hidden = false;
    setText(find('#nothing-open'), '');
    find('#nothing-open').append(h('p', {}, 'Choose a conversation, or add someone.'));
    this.#route();
    this.#draw();
    this.chat.start();
  }

  #bind() {
    const { chat } = this;
    const { signal } = this.#stopped;
    chat.on('changed', () => this.#drawSoon());
    chat.on('trouble', (text) => this.line.say(text));
    chat.on('signed-out', () => this.#close('You are signed out.'));
    chat.on('message', (item) => this.#news(item));
    addEventListener('hashchange', () => this.#route(), { signal });
    addEventListener('focus', () => this.#drawSoon(), { signal });
    addEventListener('online', () => this.line.update(), { signal });
    addEventListener('offline', () => this.line.update(), { signal });
    document.addEventListener('visibilitychange', () => this.#drawSoon(), { signal });

    const presence = /** @type {HTMLSelectElement} */ (find('#own-presence'));
    presence.onchange = () => chat.presence.choose(presence.value);
    /** @type {HTMLFormElement} */ (find('#add')).onsubmit = (event) => void this.#add(event);
    /** @type {HTMLInputElement} */ (find('#add-name')).oninput = () => setText(find('#add-error'), '');
  }

  /** Many changes, one drawing; a hidden tab draws too (it has a title to keep), but not for every message. */
  #drawSoon() {
    if (this.#drawing) return;
    this.#drawing = true;
    const draw = () => {
      this.#drawing = false;
      if (!this.#stopped.signal.aborted) this.#draw();
    };
    if (document.visibilityState === 'visible') requestAnimationFrame(draw);
    else setTimeout(draw, 250);
  }

  #draw() {
    const { chat } = this;
    if (chat.open && document.visibilityState === 'visible' && document.hasFocus()) chat.readOpen();
    chat.settle();
    this.line.update();
    this.requests.update();
    this.list.update();
    this.conversation.update();
    const presence = /** @type {HTMLSelectElement} */ (find('#own-presence'));
    presence.value = chat.presence.show;
    presence.dataset.show = chat.presence.show;
    this.#root.dataset.pane = chat.open ? 'conversation' : 'list';
    const unread = chat.unreadInAll;
    document.title = (unread > 0 ? `(${unread}) ` : '') + (chat.open ? `${chat.contacts.nameOf(chat.open)} – Krewe` : 'Krewe');
    this.#announceState();
  }

  /** The open conversation is in the address, so that the back button and a reload do what one expects. */
  #route() {
    const match = /^#\/(.+)$/.exec(location.hash);
    const peer = match ? decode(match[1]) : null;
    const before = this.chat.open;
    this.chat.open = peer;
    this.conversation.show(peer);
    this.#draw();
    if (peer && peer !== before) this.conversation.composer.focus();
    else if (before && !peer) this.list.focus(before);
  }

  #leave() {
    if (!this.chat.open) return;
    // Without an entry of its own in the history, so that "back" does not lead into the conversation again.
    history.replaceState(null, '', location.pathname);
    this.#route();
  }

  /** @param {import('../shared/krewe.js').Item} item */
  #news(item) {
    const { contacts } = this.chat;
    if (contacts.blocked.has(item.from)) return;
    const name = contacts.nameOf(item.from);
    announce(item.replaces ? `${name} corrected: ${item.body ?? ''}` : `${name}: ${item.body ?? ''}`);
    if (!item.replaces) this.notifications.show(item, name, () => { location.hash = `#/${encodeURIComponent(item.from)}`; });
  }

  /** @param {SubmitEvent} event */
  async #add(event) {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (find('#add-name'));
    const error = find('#add-error');
    if (input.value.trim() === '') return input.focus();
    try {
      const address = await this.chat.contacts.add(input.value);
      input.value = '';
      setText(error, '');
      location.hash = `#/${encodeURIComponent(address)}`;
    } catch (trouble) {
      const { code, message } = /** @type {import('../shared/krewe.js').KreweError} */ (trouble);
      setText(error, code === 'not-found' ? `There is nobody called ${input.value.trim()} here.` : message);
      input.select();
    }
  }

  #announceState() {
    const state = this.chat.socket.state;
    if (this.#lastState === 'waiting' && state === 'open') announce('Connected again.');
    if (state === 'open' || state === 'waiting') this.#lastState = state;
  }

  /** @param {Promise<unknown>} action @returns {Promise<boolean>} */
  async #attempt(action) {
    try {
      await action;
      return true;
    } catch (error) {
      this.line.say(/** @type {Error} */ (error).message);
      return false;
    }
  }

  /** @param {string} notice */
  #close(notice) {
    this.#stopped.abort();
    this.chat.stop();
    this.#root.hidden = true;
    for (const dialog of document.querySelectorAll('dialog')) dialog.close();
    history.replaceState(null, '', location.pathname);
    this.left(notice);
  }
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
