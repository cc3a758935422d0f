import { KreweApi, KreweError } from '../../shared/krewe.js';
import { find, h, setText } from '../../shared/dom.js';
import { allSessions, deviceName, keepSession } from '../model/sessions.js';

/** @typedef {import('../../shared/krewe.js').Session} Session */

/** Sign in, sign up, or go on as somebody who is signed in in this browser already. */
export class SignIn {
  #page = /** @type {HTMLElement} */ (find('#sign-in'));

  /** @param {(session: Session) => void} done */
  constructor(done) {
    this.done = done;
  }

  /** @param {string} [notice] Why the user is here again. */
  show(notice = '') {
    this.notice = notice;
    this.#page.hidden = false;
    this.#draw(false);
  }

  /** @param {boolean} isNew Make an account? */
  #draw(isNew) {
    const sessions = allSessions();
    const error = h('p', { class: 'error-text', role: 'alert', id: 'sign-in-error' }, this.notice);
    const name = h('input', { name: 'username', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, 'aria-describedby': 'sign-in-error' });
    const password = h('input', { name: 'password', type: 'password', autocomplete: isNew ? 'new-password' : 'current-password', required: true, 'aria-describedby': 'sign-in-error' });
    const button = h('button', { class: 'button primary', type: 'submit' }, isNew ? 'Create account' : 'Sign in');
    const form = h('form', { class: 'sign-in-form', novalidate: true },
      h('label', { class: 'field' }, h('span', {}, 'Name'), name),
      h('label', { class: 'field' }, h('span', {}, 'Password'), password),
      error,
      button);
    form.onsubmit = async (event) => {
      event.preventDefault();
      setText(error, name.value.trim() === '' ? 'Please give a name.' : password.value === '' ? 'Please give a password.' : '');
      if (error.textContent) return (name.value.trim() === '' ? name : password).focus();
      button.disabled = true;
      try {
        this.#enter(await signIn(name.value.trim(), password.value, isNew));
      } catch (trouble) {
        setText(error, sentence(trouble));
        button.disabled = false;
        (trouble instanceof KreweError && trouble.code === 'bad-credentials' ? password : name).select();
      }
    };
    this.#page.replaceChildren(h('div', { class: 'card' },
      h('img', { src: '/assets/shared/icon.svg', alt: '', width: 48, height: 48 }),
      h('h1', {}, isNew ? 'Create an account' : 'Sign in to Krewe'),
      sessions.length > 0 && this.#known(sessions),
      form,
      h('p', { class: 'switch' }, isNew ? 'You have an account? ' : 'New here? ',
        h('button', { class: 'text-button', type: 'button', onclick: () => { this.notice = ''; this.#draw(!isNew); } }, isNew ? 'Sign in' : 'Create an account')),
    ), h('p', { class: 'aside' }, h('a', { href: '/transports' }, 'See how messages travel')));
    document.title = 'Krewe';
    name.focus();
  }

  /** @param {Session[]} sessions */
  #known(sessions) {
    return h('div', { class: 'known' }, ...sessions.map((session) =>
      h('button', { class: 'button', type: 'button', onclick: () => this.#enter(session) }, `Continue as ${session.address.split('@')[0]}`)), h('p', { class: 'or' }, 'or'));
  }

  /** @param {Session} session */
  #enter(session) {
    keepSession(session);
    this.#page.hidden = true;
    this.#page.replaceChildren(); // the password is not left in the page
    this.done(session);
  }
}

/** @param {string} name @param {string} password @param {boolean} isNew */
async function signIn(name, password, isNew) {
  const api = new KreweApi();
  if (isNew) await api.signUp(name, password);
  return api.signIn(name, password, deviceName());
}

/** @param {unknown} trouble */
function sentence(trouble) {
  if (!(trouble instanceof KreweError)) throw trouble;
  switch (trouble.code) {
    case 'bad-credentials': return 'The name or the password is wrong.';
    case 'account-exists': return 'This name is taken. Please choose another one.';
    case 'registration-closed': return 'This server’s operator makes the accounts. Ask them for one.';
    case 'rate-limited': return 'Too many attempts. Please wait a little and try again.';
    default: return trouble.message;
  }
}
