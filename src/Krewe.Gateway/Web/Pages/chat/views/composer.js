import { h, icon } from '../../shared/dom.js';
import { recall, remember } from '../model/store.js';

/** @typedef {import('../model/conversation.js').Shown} Shown */

/** The server's bound is on the whole JSON, so this leaves room for what stands around the text. */
const MAX_BYTES = 60_000;

/** Where one writes: a draft for each conversation, and corrections of one's last message. */
export class Composer {
  /** @type {Shown | null} */
  #editing = null;
  #peer = '';

  /**
   * @param {import('../chat.js').Chat} chat
   * @param {{lastOwn: () => Shown | undefined, leave: () => void}} conversation
   */
  constructor(chat, conversation) {
    this.chat = chat;
    this.conversation = conversation;
    this.text = h('textarea', {
      id: 'composer', rows: 1, placeholder: 'Write a message', 'aria-describedby': 'composer-error',
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyDown(event), oninput: () => this.#input(),
    });
    this.error = h('p', { class: 'error-text', id: 'composer-error', role: 'alert' });
    this.editingLine = h('p', { class: 'editing', hidden: true }, icon('edit'), h('span', {}, 'Editing your last message'),
      h('button', { class: 'text-button', type: 'button', onclick: () => this.#stopEditing() }, 'Cancel'));
    this.element = h('form', { class: 'composer', novalidate: true, onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      this.editingLine,
      this.error,
      h('label', { class: 'hidden-label', for: 'composer' }, 'Message'),
      this.text,
      h('button', { class: 'send', type: 'submit', 'aria-label': 'Send' }, icon('send')));
  }

  /** @param {string} peer @param {string} name */
  show(peer, name) {
    this.#editing = null;
    this.editingLine.hidden = true;
    this.error.textContent = '';
    this.#peer = peer;
    this.text.placeholder = `Write to ${name}`;
    this.#set(recall(this.#draftKey()) ?? '');
  }

  focus() {
    this.text.focus();
  }

  /** @param {Shown} message */
  edit(message) {
    this.#editing = message;
    this.editingLine.hidden = false;
    this.#set(message.body);
    this.text.focus();
    this.text.setSelectionRange(message.body.length, message.body.length);
  }

  #stopEditing() {
    this.#editing = null;
    this.editingLine.hidden = true;
    this.#set(recall(this.#draftKey()) ?? '');
    this.text.focus();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const body = this.text.value.trim();
    if (body === '') return;
    if (new TextEncoder().encode(JSON.stringify(body)).length > MAX_BYTES) {
      this.error.textContent = 'This is too long for one message.';
      return;
    }
    if (this.#editing && body === this.#editing.body) return this.#stopEditing();
    this.chat.send(this.#peer, body, this.#editing?.id);
    if (this.#editing) return this.#stopEditing();
    remember(this.#draftKey(), null);
    this.#set('');
    this.text.focus();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (event.isComposing) return; // Enter then belongs to the input method
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.element.requestSubmit();
    } else if (event.key === 'ArrowUp' && this.text.value === '') {
      const last = this.conversation.lastOwn();
      if (!last) return;
      event.preventDefault();
      this.edit(last);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (this.#editing) this.#stopEditing();
      else this.conversation.leave();
    }
  }

  #input() {
    this.error.textContent = '';
    if (!this.#editing) remember(this.#draftKey(), this.text.value || null);
    this.chat.typing.typed(this.#peer, this.text.value.trim() !== '');
    this.#grow();
  }

  /** @param {string} value */
  #set(value) {
    this.text.value = value;
    this.#grow();
  }

  #grow() {
    this.text.style.height = 'auto';
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, 180)}px`;
  }

  #draftKey() {
    return `krewe.draft.${this.chat.me}/${this.#peer}`;
  }
}
