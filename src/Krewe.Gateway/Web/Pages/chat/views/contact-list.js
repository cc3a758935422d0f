import { find, h, reconcile, setText } from '../../shared/dom.js';
import { briefTime } from '../times.js';
import { avatar, presenceName, updateAvatar } from './avatar.js';

/** The conversations, newest first: a list of links with one tab stop, in which the arrow keys move. */
export class ContactList {
  #list = find('#contact-list');
  #empty = find('#no-contacts');

  /** @param {import('../chat.js').Chat} chat */
  constructor(chat) {
    this.chat = chat;
    /** @type {HTMLElement} */ (this.#list).onkeydown = (event) => this.#keyDown(event);
  }

  update() {
    const peers = this.chat.peers;
    reconcile(this.#list, peers, (peer) => peer, (peer) => this.#create(peer), (row, peer) => this.#update(row, peer));
    this.#oneTabStop();
    const nobody = peers.length === 0 && this.chat.contacts.requests.length === 0;
    /** @type {HTMLElement} */ (this.#empty).hidden = !nobody;
    if (nobody) setText(this.#empty, `Nobody here yet. Add someone by their name, or tell them yours: ${this.chat.contacts.shortOf(this.chat.me)}.`);
  }

  /** Puts the keyboard on a conversation of the list. @param {string | null} peer */
  focus(peer) {
    const links = this.#links();
    (links.find((link) => link.dataset.peer === peer) ?? links[0] ?? find('#add-name')).focus();
  }

  /** @param {string} peer */
  #create(peer) {
    return h('li', {}, h('a', { class: 'contact', href: `#/${encodeURIComponent(peer)}`, 'data-peer': peer },
      avatar(peer),
      h('span', { class: 'contact-name' }),
      h('span', { class: 'contact-time' }),
      h('span', { class: 'contact-preview' }),
      h('span', { class: 'unread', 'aria-hidden': 'true' }),
      h('span', { class: 'hidden-label' })));
  }

  /** @param {HTMLElement} row @param {string} peer */
  #update(row, peer) {
    const { contacts, mailbox, outbox, typing } = this.chat;
    const link = /** @type {HTMLElement} */ (row.firstElementChild);
    const [face, name, time, preview, unread, spoken] = /** @type {HTMLElement[]} */ ([...link.children]);
    const show = contacts.showOf(peer);
    const count = this.chat.unread(peer);
    const last = mailbox.with(peer).show(outbox.to(peer)).at(-1);
    const label = peer === this.chat.me ? 'Notes to yourself' : contacts.nameOf(peer);

    updateAvatar(face, label, show);
    setText(name, label);
    setText(time, last ? briefTime(last.time) : '');
    setText(preview, typing.of(peer) ? 'typing…' : last ? (last.mine ? 'You: ' : '') + last.body : this.#standing(peer));
    preview.classList.toggle('typing', typing.of(peer));
    setText(unread, count === 0 ? '' : count > 99 ? '99+' : String(count));
    setText(spoken, [show && `, ${presenceName(show)}`, count > 0 && `, ${count} unread`].filter(Boolean).join(''));
    link.classList.toggle('has-unread', count > 0);
    if (this.chat.open === peer) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }

  /** @param {string} peer */
  #standing(peer) {
    const contact = this.chat.contacts.get(peer);
    if (contact?.pending === 'out') return 'Has not answered yet';
    return contact ? 'No messages yet' : '';
  }

  #links() {
    return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll('a')]);
  }

  #oneTabStop() {
    const links = this.#links();
    const stop = links.find((link) => link === document.activeElement) ?? links.find((link) => link.hasAttribute('aria-current')) ?? links[0];
    for (const link of links) link.tabIndex = link === stop ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    const links = this.#links();
    const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const targets = { ArrowDown: Math.min(at + 1, links.length - 1), ArrowUp: Math.max(at - 1, 0), Home: 0, End: links.length - 1 };
    if (at < 0 || !(event.key in targets)) return;
    event.preventDefault();
    links[targets[event.key]].focus();
    this.#oneTabStop();
  }
}
