import { h } from '../shared/dom.js';

/** @typedef {import('../shared/dom.js').Child} Child */

/** A table that is a list of cards on a phone. @param {string} caption @param {Array<string | {label: string, kind?: string}>} columns @param {Child[][]} rows @param {string} empty */
export function table(caption, columns, rows, empty) {
  const heads = columns.map((column) => typeof column === 'string' ? { label: column, kind: '' } : column);
  return h('table', { class: 'table' },
    h('caption', { class: 'hidden-label' }, caption),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col', class: head.kind }, head.label)))),
    h('tbody', {}, ...rows.length === 0
      ? [h('tr', {}, h('td', { class: 'empty', colspan: heads.length }, empty))]
      : rows.map((row) => h('tr', {}, ...row.map((cell, at) => h('td', { class: heads[at].kind, 'data-label': heads[at].label }, h('span', {}, cell)))))));
}

/** Names and values. @param {Record<string, Child>} entries @param {string} [kind] */
export function facts(entries, kind = '') {
  return h('dl', { class: 'facts' }, ...Object.entries(entries).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', { class: kind }, value ?? '–'))));
}

/** @param {string} state */
export const stateOf = (state) => h('span', { class: 'state', 'data-state': state }, state);

/** A link to a user's page. @param {string} user */
export const userLink = (user) => h('a', { href: `#/users/${encodeURIComponent(user)}` }, user);

/** A labelled field. @param {string} label @param {HTMLElement} input @param {string} [hint] */
export const field = (label, input, hint) => h('label', { class: 'field' }, h('span', {}, label), input, hint ? h('small', {}, hint) : null);

/** @param {string} text @param {() => void} act @param {string} [kind] */
export const button = (text, act, kind = '') => h('button', { type: 'button', class: `button small ${kind}`, onclick: act }, text);

/** A page's heading. @param {string} title @param {...Child} beside */
export const head = (title, ...beside) => h('div', { class: 'head' }, h('h1', {}, title), ...beside);

/** @param {string} title @param {...Child} children */
export const section = (title, ...children) => h('section', {}, h('h2', {}, title), ...children);

/** Asks before something that cannot be taken back. @param {{title: string, text: string, action: string, typed?: string}} question `typed`: what has to be written to confirm. @returns {Promise<boolean>} */
export function confirm({ title, text, action, typed }) {
  const go = h('button', { class: 'button danger', value: 'yes', disabled: typed !== undefined }, action);
  const input = typed === undefined ? null
    : h('input', { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', oninput: () => { go.disabled = input?.value !== typed; } });
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'confirm-title' },
    h('form', { method: 'dialog' },
      h('h2', { id: 'confirm-title' }, title),
      h('p', {}, text),
      input ? field(`Write ${typed} to confirm`, input) : null,
      h('div', { class: 'actions' }, h('button', { class: 'button', value: 'no', formnovalidate: true, autofocus: input === null, type: 'button', onclick: () => dialog.close('no') }, 'Cancel'), go)));
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    };
    dialog.showModal();
    input?.focus();
  });
}
