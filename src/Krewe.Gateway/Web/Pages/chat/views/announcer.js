import { find, h } from '../../shared/dom.js';

const KEPT = 5;

/** Tells screen readers what came, politely. @param {string} text */
export function announce(text) {
  const log = find('#announcer');
  log.append(h('p', {}, text));
  while (log.children.length > KEPT) log.firstElementChild?.remove();
}
