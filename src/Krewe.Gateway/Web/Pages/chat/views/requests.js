import { find, h, reconcile, setText } from '../../shared/dom.js';
import { avatar, updateAvatar } from './avatar.js';

/** Those who ask to be a contact. */
export class Requests {
  #section = /** @type {HTMLElement} */ (find('#requests'));
  #list = find('#request-list');

  /** @param {import('../chat.js').Chat} chat @param {(action: Promise<void>) => void} attempt Runs an action and shows its failure. */
  constructor(chat, attempt) {
    this.chat = chat;
    this.attempt = attempt;
  }

  update() {
    const requests = this.chat.contacts.requests;
    this.#section.hidden = requests.length === 0;
    reconcile(this.#list, requests, (contact) => contact.address, (contact) => this.#create(contact.address), (row, contact) => {
      const name = this.chat.contacts.nameOf(contact.address);
      updateAvatar(row.children[0], name, undefined);
      setText(row.children[1], name);
    });
  }

  /** @param {string} address */
  #create(address) {
    const { contacts } = this.chat;
    const name = contacts.nameOf(address);
    const answer = (/** @type {'approve' | 'deny'} */ word) => () => this.attempt(contacts.answer(address, word));
    return h('li', { class: 'request' },
      avatar(address),
      h('span', { class: 'contact-name' }),
      h('span', { class: 'request-text' }, 'wants to see when you are here'),
      h('span', { class: 'request-actions' },
        h('button', { class: 'button small primary', type: 'button', 'aria-label': `Accept ${name}`, onclick: answer('approve') }, 'Accept'),
        h('button', { class: 'button small', type: 'button', 'aria-label': `Decline ${name}`, onclick: answer('deny') }, 'Decline')));
  }
}
