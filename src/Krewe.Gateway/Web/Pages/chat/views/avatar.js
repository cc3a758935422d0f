import { h } from '../../shared/dom.js';

/** @type {Record<string, string>} */
const NAMES = { available: 'available', chat: 'available', away: 'away', xa: 'away', dnd: 'do not disturb', offline: 'offline' };

/** What a presence is called. @param {string | undefined} show */
export function presenceName(show) {
  return show === undefined ? '' : NAMES[show] ?? show;
}

/** A person's initials on a colour of their own. @param {string} address */
export function avatar(address) {
  const element = h('span', { class: 'avatar', 'aria-hidden': 'true' }, h('span', { class: 'initials' }), h('span', { class: 'presence-dot', hidden: true }));
  element.style.setProperty('--hue', String(hueOf(address)));
  return element;
}

/** @param {Element} element @param {string} name @param {string | undefined} show */
export function updateAvatar(element, name, show) {
  const [initials, dot] = /** @type {HTMLElement[]} */ ([...element.children]);
  initials.textContent = initialsOf(name);
  dot.hidden = show === undefined;
  dot.dataset.show = show ?? '';
}

/** @param {string} name */
function initialsOf(name) {
  const words = name.split(/[\s._-]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[1]].map((word) => [...word][0]) : [...words[0] ?? '?'].slice(0, 1);
  return letters.join('').toLocaleUpperCase();
}

/** @param {string} text */
function hueOf(text) {
  let hash = 7;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 3_600;
  return hash % 360;
}
