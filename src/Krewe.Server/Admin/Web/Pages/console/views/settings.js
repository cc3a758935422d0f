import { h } from '../../shared/dom.js';
import { short } from '../format.js';
import { field, head, section, table } from '../parts.js';

/** The settings in force on every silo. @param {import('../main.js').Stage} stage */
export async function settingsView({ api, show }) {
  const { settings, silent } = await api.get('settings');
  const list = h('div', {});
  const search = h('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', oninput: () => update() });
  const all = h('input', { type: 'checkbox', onchange: () => update() });

  const update = () => {
    const wanted = search.value.toLowerCase();
    const rows = settings.filter((/** @type {any} */ one) => (all.checked || !one.standard || one.differs || wanted) && one.key.toLowerCase().includes(wanted));
    list.replaceChildren(
      h('p', { class: 'note', role: 'status' }, `${rows.length} of ${settings.length} settings.`, ...silent.map((/** @type {string} */ silo) => ` ${silo} does not answer.`)),
      table('Settings', ['Key', 'Value', 'Default'], rows.map((/** @type {any} */ one) => [h('code', {}, one.key), value(one), one.standard ? 'yes' : 'no']), 'No setting fits.'));
  };

  show(head('Settings'), h('div', { class: 'panel form wide' }, field('Key', search), h('label', { class: 'check' }, all, 'Also those at their default')), section('In force', list));
  update();
}

/** @param {any} one */
const value = (one) => one.differs
  ? h('span', {}, ...Object.entries(one.bySilo).flatMap(([silo, text], at) => [at ? h('br') : '', h('code', {}, String(text)), h('small', { class: 'note' }, ` ${short(silo)}`)]))
  : h('code', {}, one.value || 'none');
