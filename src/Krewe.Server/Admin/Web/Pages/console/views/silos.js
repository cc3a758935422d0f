import { h } from '../../shared/dom.js';
import { age, bytes, count, percent, rate } from '../format.js';
import { button, confirm, facts, head, section, stateOf, table } from '../parts.js';

const EVERY = 2_000;

/** The silos with live numbers. @param {import('../main.js').Stage} stage */
export async function silosView({ api, show, attempt, repeat }) {
  const numbers = h('div', { class: 'panel' });
  const list = h('div', {});

  const load = async () => {
    const { silos } = await api.get('silos');
    const sum = (/** @type {string} */ name) => silos.reduce((/** @type {number} */ total, /** @type {any} */ silo) => total + (silo[name] ?? 0), 0);
    numbers.replaceChildren(facts({
      Silos: count(silos.filter((/** @type {any} */ silo) => silo.state !== 'dead').length),
      Sessions: count(sum('sessions')),
      Connections: count(sum('connections')),
      'Messages a second': rate(sum('messagesPerSecond')),
      'Users in memory': count(sum('users')),
    }, 'big'));
    // A button that has the focus keeps it over the next look.
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.drain : undefined;
    list.replaceChildren(table('Silos', [
      'Silo', 'State', 'Role', 'Version', { label: 'Up', kind: 'number' }, { label: 'Sessions', kind: 'number' }, { label: 'Messages/s', kind: 'number' },
      { label: 'Users', kind: 'number' }, { label: 'CPU', kind: 'number' }, { label: 'Memory', kind: 'number' }, { label: '', kind: 'buttons' },
    ], silos.map(row), 'No silo is known.'), troubles(silos));
    if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`[data-drain="${CSS.escape(focused)}"]`))?.focus();
  };

  const row = (/** @type {any} */ silo) => [
    h('span', { class: 'mono' }, silo.silo, silo.self ? ' (this one)' : ''), stateOf(silo.state), silo.roles ?? '–', silo.version ?? '–',
    silo.state === 'dead' ? '–' : age(silo.since), count(silo.sessions), rate(silo.messagesPerSecond), count(silo.users), percent(silo.cpu), bytes(silo.memoryBytes),
    silo.state === 'active' ? drainButton(silo) : '',
  ];

  const drainButton = (/** @type {any} */ silo) => {
    const drain = button('Drain…', async () => {
      const sure = await confirm({
        title: `Drain ${silo.silo}?`,
        text: 'Its clients are told to come back to other silos and its users move away. There is no way back: the process is to be restarted afterwards.',
        action: 'Drain',
      });
      if (sure) await attempt(api.post(`silos/${encodeURIComponent(silo.silo)}/drain`), `${silo.silo} drains.`);
    }, 'danger');
    drain.dataset.drain = silo.silo;
    return drain;
  };

  show(head('Silos', h('a', { href: '/dashboard/' }, 'Orleans dashboard')), numbers, section('All silos', list));
  await load();
  repeat(load, EVERY);
}

/** @param {any[]} silos */
function troubles(silos) {
  const lines = silos.flatMap((silo) => (silo.troubles ?? []).map((/** @type {string} */ text) => `${silo.silo}: ${text}`));
  return h('div', {}, ...lines.map((line) => h('p', { class: 'notice' }, line)));
}
