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

  /** @param {{edit: (key: string) => void, retry: (message: Shown) => void, discard: (message: Shown) => void}} actions @param {(address: string) => string} nameOf */
  constructor(actions, nameOf) {
    this.actions = actions;
    this.nameOf = nameOf;
  }

  /** @param {Shown[]} messages @param {number | null} unreadAfter Where "New" stands: after this `seq`. @param {Shown | undefined} editable */
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
      h('div', { class: 'line' },
        h('div', { class: 'bubble' },
          h('span', { class: 'hidden-label author' }),
          h('span', { class: 'body', dir: 'auto' }),
          h('span', { class: 'meta' }, h('span', { class: 'edited', hidden: true }, 'edited'), time, message.mine && h('span', { class: 'mark' })))),
      h('div', { class: 'below' }));
  }

  /** @param {HTMLElement} element @param {Row} row */
  #update(element, { message, first, last, editable, day }) {
    if (day !== undefined) setText(element.children[0], dayName(day)); // "Today" does not stay so
    if (!message) return;
    element.classList.toggle('first', Boolean(first));
    element.classList.toggle('last', Boolean(last));
    element.dataset.state = message.state ?? '';
    const line = element.children[0];
    const [author, body, meta] = line.children[0].children;
    setText(author, message.mine ? 'You: ' : `${this.nameOf(message.from)}: `);
    if (body.textContent !== message.body) body.replaceChildren(...linked(message.body));
    /** @type {HTMLElement} */ (meta.children[0]).hidden = !message.edited;
    if (message.mine) this.#mark(/** @type {HTMLElement} */ (meta.children[2]), message.state ?? 'sent');
    this.#editButton(line, editable ? message : undefined);
    this.#trouble(/** @type {HTMLElement} */ (element.children[1]), message);
  }

  /** @param {HTMLElement} mark @param {string} state */
  #mark(mark, state) {
    if (mark.dataset.state === state) return;
    mark.dataset.state = state;
    mark.title = STATES[state];
    mark.replaceChildren(icon(state === 'read' ? 'delivered' : state), h('span', { class: 'hidden-label' }, STATES[state]));
  }

  /** @param {Element} line @param {Shown | undefined} message */
  #editButton(line, message) {
    const button = line.children[1];
    if (!message) button?.remove();
    else if (!button) {
      line.append(h('button', {
        class: 'icon-button edit', type: 'button', 'aria-label': 'Edit your last message', title: 'Edit',
        onclick: () => this.actions.edit(message.key),
      }, icon('edit')));
    }
  }

  /** @param {HTMLElement} below @param {Shown} message */
  #trouble(below, message) {
    const error = message.state === 'failed' ? message.waiting?.error ?? '' : '';
    if (below.dataset.error === error) return;
    below.dataset.error = error;
    below.replaceChildren();
    if (error === '') return;
    below.append(
      h('span', { class: 'error-text' }, error),
      h('button', { class: 'text-button', type: 'button', onclick: () => this.actions.retry(message) }, 'Try again'),
      h('button', { class: 'text-button danger', type: 'button', onclick: () => this.actions.discard(message) }, 'Discard'));
  }
}

/** @param {Shown[]} messages @param {number | null} unreadAfter @param {Shown | undefined} editable @returns {Row[]} */
function rows(messages, unreadAfter, editable) {
  /** @type {Row[]} */
  const rows = [];
  let marked = unreadAfter === null;
  messages.forEach((message, at) => {
    const before = messages[at - 1];
    const after = messages[at + 1];
    const newDay = !before || dayKey(before.time) !== dayKey(message.time);
    if (newDay) rows.push({ key: `day ${dayKey(message.time)}`, day: message.time });
    const newHere = !marked && !message.mine && (message.seq ?? 0) > (unreadAfter ?? 0);
    if (newHere) {
      marked = true;
      rows.push({ key: 'unread', unread: true });
    }
    rows.push({
      key: message.key,
      message,
      first: newDay || newHere || !together(before, message),
      last: !after || !together(message, after),
      editable: message.key === editable?.key,
    });
  });
  return rows;
}

/** @param {Shown} a @param {Shown} b */
function together(a, b) {
  return a.from === b.from && b.time - a.time < GROUP && dayKey(a.time) === dayKey(b.time);
}
