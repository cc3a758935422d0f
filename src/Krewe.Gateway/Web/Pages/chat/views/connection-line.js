import { find, h, setText } from '../../shared/dom.js';

/** One line that says how the connection is, with a button where waiting can be cut short. */
export class ConnectionLine {
  #line = /** @type {HTMLElement} */ (find('#connection'));
  #text = h('span');
  #now;
  /** @type {number | undefined} */
  #troubleTimer;
  #trouble = '';

  /** @param {import('../../shared/socket.js').MailboxSocket} socket */
  constructor(socket) {
    this.socket = socket;
    this.#now = h('button', { class: 'text-button', type: 'button', hidden: true, onclick: () => socket.hurry() }, 'Try now');
    this.#line.replaceChildren(this.#text, this.#now);
  }

  update() {
    const state = this.socket.state;
    // A phone that changes its network is offline for a moment; the line tells, but does not shout.
    const text = state === 'open' ? this.#trouble || 'Connected'
      : state === 'connecting' ? 'Connecting…'
        : navigator.onLine ? 'No connection – trying again' : 'This device is offline.';
    setText(this.#text, text);
    this.#now.hidden = state !== 'waiting';
    this.#line.dataset.state = state === 'open' && this.#trouble ? 'trouble' : state;
  }

  /** Something went wrong that the user did not ask for. @param {string} text */
  say(text) {
    this.#trouble = text;
    clearTimeout(this.#troubleTimer);
    this.#troubleTimer = setTimeout(() => this.say(''), 8_000);
    this.update();
  }
}
