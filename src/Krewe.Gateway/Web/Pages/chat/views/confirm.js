import { h } from '../../shared/dom.js';

/** @typedef {{title: string, text: string, action: string}} Question */

/** Asks before something that cannot be taken back. @param {Question} question @returns {Promise<boolean>} */
export function confirm({ title, text, action }) {
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'confirm-title' },
    h('form', { method: 'dialog' },
      h('h2', { id: 'confirm-title' }, title),
      h('p', {}, text),
      h('div', { class: 'dialog-actions' },
        h('button', { class: 'button', value: 'no', autofocus: true }, 'Cancel'),
        h('button', { class: 'button danger', value: 'yes' }, action))));
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    };
    dialog.showModal();
  });
}
