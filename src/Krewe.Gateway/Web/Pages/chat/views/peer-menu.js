import { h, icon } from '../../shared/dom.js';

/** What one can do about a person: remove, block. */
export class PeerMenu {
  #peer = '';
  #remove = h('button', { type: 'button', onclick: () => void this.#confirmRemove() }, 'Remove from contacts…');
  #block = h('button', { type: 'button', class: 'danger', onclick: () => void this.#confirmBlock() }, 'Block…');

  /**
   * @param {import('../chat.js').Chat} chat
   * @param {{leave: () => void, attempt: (action: Promise<unknown>) => Promise<boolean>, confirm: (question: import('./confirm.js').Question) => Promise<boolean>}} page
   */
  constructor(chat, page) {
    this.chat = chat;
    this.page = page;
    this.summary = h('summary', { class: 'icon-button', 'aria-label': 'More' }, icon('more'));
    this.element = h('details', { class: 'menu', onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyDown(event) },
      this.summary, h('div', { class: 'menu-items' }, this.#remove, this.#block));
    document.addEventListener('click', (event) => {
      if (!this.element.contains(/** @type {Node} */ (event.target))) this.element.open = false;
    });
  }

  /** @param {string} peer */
  update(peer) {
    if (peer !== this.#peer) this.element.open = false;
    this.#peer = peer;
    this.element.hidden = peer === this.chat.me;
    this.#remove.hidden = !this.chat.contacts.get(peer);
  }

  async #confirmRemove() {
    const name = this.chat.contacts.nameOf(this.#peer);
    const peer = this.#peer;
    this.element.open = false;
    const sure = await this.page.confirm({
      title: `Remove ${name}?`, text: 'You will no longer see one another’s presence. What you wrote stays in the mailbox.', action: 'Remove',
    });
    if (sure && await this.page.attempt(this.chat.remove(peer))) this.page.leave();
  }

  async #confirmBlock() {
    const name = this.chat.contacts.nameOf(this.#peer);
    const peer = this.#peer;
    this.element.open = false;
    const sure = await this.page.confirm({
      title: `Block ${name}?`, text: `${name} cannot write to you or see when you are here, and is not told. You can undo this in your account.`, action: 'Block',
    });
    if (sure && await this.page.attempt(this.chat.block(peer))) this.page.leave();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (event.key !== 'Escape' || !this.element.open) return;
    event.preventDefault();
    this.element.open = false;
    this.summary.focus();
  }
}
