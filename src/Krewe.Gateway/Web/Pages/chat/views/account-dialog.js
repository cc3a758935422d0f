import { find, h, icon, setText } from '../../shared/dom.js';
import { avatar, updateAvatar } from './avatar.js';

/** @typedef {{attempt: (action: Promise<unknown>) => Promise<boolean>, confirm: (question: import('./confirm.js').Question) => Promise<boolean>, elsewhere: () => void}} Page */

/** One's own corner: who one is, and what one seldom needs. */
export class AccountDialog {
  #button = /** @type {HTMLButtonElement} */ (find('#account'));

  /** @param {import('../chat.js').Chat} chat @param {import('./notifications.js').Notifications} notifications @param {Page} page */
  constructor(chat, notifications, page) {
    this.chat = chat;
    this.notifications = notifications;
    this.page = page;
    const name = chat.contacts.shortOf(chat.me);
    const face = avatar(chat.me);
    updateAvatar(face, name, undefined);
    this.#button.replaceChildren(face, h('span', { class: 'me-name' }, name), h('span', { class: 'hidden-label' }, ', your account'));
    this.#button.onclick = () => this.#open();
  }

  #open() {
    const { chat, page } = this;
    const close = () => dialog.close();
    const error = h('p', { class: 'error-text', role: 'alert' });
    const attempt = (/** @type {Promise<unknown>} */ action) => action.then(close, (/** @type {Error} */ trouble) => setText(error, trouble.message));
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'account-title', onclose: () => dialog.remove() },
      h('header', {},
        h('h2', { id: 'account-title' }, chat.contacts.shortOf(chat.me)),
        h('button', { class: 'icon-button', type: 'button', 'aria-label': 'Close', onclick: close }, icon('close'))),
      h('p', { class: 'address' }, chat.me),
      error,
      this.#notificationSection(),
      this.#blockSection(),
      h('section', { class: 'account-actions' },
        h('button', { class: 'button', type: 'button', onclick: () => { close(); page.elsewhere(); } }, 'Use another account in this tab'),
        h('button', { class: 'button', type: 'button', onclick: () => void attempt(chat.signOut()) }, 'Sign out'),
        h('button', { class: 'text-button danger', type: 'button', onclick: () => void this.#delete(attempt) }, 'Delete account…')));
    document.body.append(dialog);
    dialog.showModal();
  }

  #notificationSection() {
    const { notifications } = this;
    if (!notifications.possible) return null;
    const line = h('p', { class: 'setting-state' });
    const button = h('button', { class: 'button small', type: 'button', onclick: async () => { await notifications.toggle(); update(); } });
    const update = () => {
      setText(line, notifications.denied ? 'Your browser does not allow this page to notify you.' : notifications.on ? 'On while this tab is in the background.' : 'Off.');
      setText(button, notifications.on ? 'Turn off' : 'Turn on');
      button.hidden = notifications.denied;
    };
    update();
    return h('section', {}, h('h3', {}, 'Notifications'), h('div', { class: 'setting' }, line, button));
  }

  #blockSection() {
    const { contacts } = this.chat;
    if (contacts.blocked.size === 0) return null;
    const list = h('ul', { class: 'blocked' });
    const update = () => list.replaceChildren(...[...contacts.blocked].map((address) => h('li', { class: 'setting' },
      h('span', {}, contacts.shortOf(address)),
      h('button', {
        class: 'button small', type: 'button', 'aria-label': `Unblock ${contacts.shortOf(address)}`,
        onclick: async () => { await this.page.attempt(contacts.unblock(address)); update(); },
      }, 'Unblock'))));
    update();
    return h('section', {}, h('h3', {}, 'Blocked'), list);
  }

  /** @param {(action: Promise<unknown>) => Promise<void>} attempt */
  async #delete(attempt) {
    const sure = await this.page.confirm({
      title: 'Delete your account?', text: 'Your mailbox and your contacts are deleted for ever, and nobody can take your name again.', action: 'Delete for ever',
    });
    if (sure) await attempt(this.chat.deleteAccount());
  }
}
