import { h, icon, reconcile, setText } from '../../shared/dom.js';
import { clockTime, dayKey, dayName, fullTime } from '../times.js';
import { linked } from './linked-text.js';

/** @typedef {import('../model/conversation.js').Shown} Shown */
/** @typedef {{key: string, day?: number, unread?: true, message?: Shown, first?: boolean, last?: boolean, editable?: boolean}} Row */

/** @type {Record<string, string>} */
const STATES = { sending: 'Sending', failed: 'Not sent', sent: 'Sent', delivered: 'Delivered', read: 'Read' };
const GROUP = 5 * 60_000; // messages of one author within five minutes stand together

/** The messages of a conversation with day separators, grouped by author. */
export class MessageList {
  element = h('ol', { class: 'messages' });

  /** @param {{edit: (message: Shown) => void, retry: (message: Shown) => void, discard: (message: Shown) => void}} actions @param {(address: string) => string} nameOf */
  constructor(actions, nameOf) {
    this.actions = actions;
    this.nameOf = nameOf;
  }

  /** @param {Shown[]} messages @param {number} unreadAfter Where "New" stands: after this `seq`; 0 for nowhere. @param {Shown | undefined} editable */
  update(messages, unreadAfter, editable) {
    reconcile(this.element, rows(messages, unreadAfter, editable), (row) => row.key, (row) => this.#create(row), (element, row) => this.#update(element, row));
  }

  /** @param {Row} row */
  #create({ day, unread, message }) {
    if (day !== undefined) return h('li', { class: 'day' }, h('span', {}, dayName(day)));
    if (unread) return h('li', { class: 'new-line' }, h('span', {}, 'New'));
    if (!message) throw new Error('A row is a day, a line or a message.');
    const time = h('time', { datetime: new Date(message.time).toISOString(), title: fullTime(message.time) }, clockTime(message.time));
    return h('li', { class: message.mine ? 'message mine' : 'message theirs' },
      h('div', { class: 'bubble' },
        h('span', { class: 'hidden-label author' }),
        h('span', { class: 'body', dir: 'auto' }),
        h('span', { class: 'meta' }, h('span', { class: 'edited', hidden: true }, 'edited'), time, message.mine && h('span', { class: 'mark' }))),
      h('div', { class: 'below' }));
  }

  /** @param {HTMLElement} element @param {Row} row */
  #update(element, { message, first, last, editable, day }) {
    if (day !== undefined) setText(element.children[0], dayName(day)); // "Today" does not stay so
    if (!message) return;
    element.classList.toggle('first', Boolean(first));
    element.classList.toggle('last', Boolean(last));
    element.dataset.state = message.state ?? '';
    const [author, body, meta] = element.children[0].children;
    setText(author, message.mine ? 'You: ' : `${this.nameOf(message.from)}: `);
    if (body.textContent !== message.body) body.replaceChildren(...linked(message.body));
    /** @type {HTMLElement} */ (meta.children[0]).hidden = !message.edited;
    if (message.mine) this.#mark(/** @type {HTMLElement} */ (meta.children[2]), message.state ?? 'sent');
    this.#below(/** @type {HTMLElement} */ (element.children[1]), message, Boolean(editable));
  }

  /** @param {HTMLElement} mark @param {string} state */
  #mark(mark, state) {
    if (mark.dataset.state === state) return;
    mark.dataset.state = state;
    mark.title = STATES[state];
    mark.replaceChildren(icon(state === 'read' ? 'delivered' : state), h('span', { class: 'hidden-label' }, STATES[state]));
  }

  /** @param {HTMLElement} below @param {Shown} message @param {boolean} editable */
  #below(below, message, editable) {
    const failed = message.state === 'failed';
    const wanted = failed ? `failed ${message.waiting?.error}` : editable ? 'edit' : '';
    if (below.dataset.holds === wanted) return;
    below.dataset.holds = wanted;
    below.replaceChildren();
    if (failed) {
      below.append(
        h('span', { class: 'error-text' }, message.waiting?.error ?? ''),
        h('button', { class: 'text-button', type: 'button', onclick: () => this.actions.retry(message) }, 'Try again'),
        h('button', { class: 'text-button danger', type: 'button', onclick: () => this.actions.discard(message) }, 'Discard'));
    } else if (editable) {
      below.append(h('button', { class: 'text-button edit', type: 'button', onclick: () => this.actions.edit(message) }, 'Edit'));
    }
  }
}

/** @param {Shown[]} messages @param {number} unreadAfter @param {Shown | undefined} editable @returns {Row[]} */
function rows(messages, unreadAfter, editable) {
  /** @type {Row[]} */
  const rows = [];
  let marked = unreadAfter === 0;
  messages.forEach((message, at) => {
    const before = messages[at - 1];
    const after = messages[at + 1];
    const newDay = !before || dayKey(before.time) !== dayKey(message.time);
    if (newDay) rows.push({ key: `day ${dayKey(message.time)}`, day: message.time });
    const newHere = !marked && !message.mine && (message.seq ?? 0) > unreadAfter;
    if (newHere) {
      marked = true;
      rows.push({ key: 'unread', unread: true });
    }
    rows.push({
      key: message.key,
      message,
      first: newDay || newHere || !together(before, message),
      last: !after || !together(message, after),
      editable: message === editable,
    });
  });
  return rows;
}

/** @param {Shown} a @param {Shown} b */
function together(a, b) {
  return a.from === b.from && b.time - a.time < GROUP && dayKey(a.time) === dayKey(b.time);
}
