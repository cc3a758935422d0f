import { h } from '../../shared/dom.js';
import { age, count, moment } from '../format.js';
import { button, confirm, head, section, stateOf, table, userLink } from '../parts.js';

const EVERY = 5_000;

/** The push services, and what was set aside. @param {import('../main.js').Stage} stage */
export async function pushView({ api, show, attempt, repeat }) {
  const lanes = h('div', {});
  const aside = h('div', {});

  const loadLanes = async () => {
    const page = await api.get('push');
    lanes.replaceChildren(
      table('Push services', ['Service', 'State', { label: 'Attempts in 5 min', kind: 'number' }, { label: 'Refused', kind: 'number' }, { label: 'Waiting', kind: 'number' }, { label: 'Oldest', kind: 'number' }, { label: 'Set aside', kind: 'number' }, 'Why'],
        page.lanes.map((/** @type {any} */ lane) => [lane.platform, stateOf(lane.state), count(lane.attempts), count(lane.refused), count(lane.waiting), age(lane.oldest), count(lane.setAside), lane.why ?? '']), 'No push service is configured.'),
      ...page.lanes.flatMap((/** @type {any} */ lane) => lane.alarms.map((/** @type {any} */ alarm) => h('p', { class: 'notice' }, `${lane.platform}: ${alarm.alarm}, ${alarm.detail}`))));
  };

  const loadAside = async () => {
    const { items } = await api.get('push/set-aside', { limit: 200 });
    aside.replaceChildren(table('Set aside', ['User', 'Device', 'Service', 'Reason', 'At', { label: 'Attempts', kind: 'number' }, { label: '', kind: 'buttons' }],
      items.map((/** @type {any} */ row) => [userLink(row.user), row.device, row.platform, `${row.reason}${row.lastCode ? ` (${row.lastCode})` : ''}`, moment(row.at), count(row.attempts),
        h('span', { class: 'actions' }, button('Send again', () => void again(row)), button('Drop…', () => void drop(row), 'danger'))]), 'Nothing is set aside.'));
  };

  const path = (/** @type {any} */ row) => `push/set-aside/${encodeURIComponent(row.user)}/${encodeURIComponent(row.device)}`;
  const again = async (/** @type {any} */ row) => { if (await attempt(api.post(`${path(row)}/again`), 'It is sent again.')) await loadAside(); };
  const drop = async (/** @type {any} */ row) => {
    if (await confirm({ title: 'Drop this push?', text: `${row.device} of ${row.user} is not told. The message stays in the mailbox.`, action: 'Drop' })
      && await attempt(api.delete(path(row)), 'It is dropped.')) await loadAside();
  };

  show(head('Push'), section('Services', lanes), section('Set aside', aside));
  try {
    await Promise.all([loadLanes(), loadAside()]);
  } catch (trouble) {
    if (/** @type {any} */ (trouble).status !== 404) throw trouble;
    show(head('Push'), h('p', { class: 'note' }, 'This silo takes connections only. The console of a core silo shows push.'));
    return;
  }
  repeat(loadLanes, EVERY);
}
