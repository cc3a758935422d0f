import { h } from '../../shared/dom.js';
import { age, bytes, count, short } from '../format.js';
import { button, confirm, field, head, table, userLink } from '../parts.js';

/** Live sessions, page by page. @param {import('../main.js').Stage} stage */
export async function sessionsView({ api, show, attempt, query }) {
  const { silos } = await api.get('silos');
  const user = h('input', { name: 'user', value: query.get('user') ?? '', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
  const silo = h('select', { name: 'silo' }, h('option', { value: '' }, 'All'),
    ...silos.filter((/** @type {any} */ one) => one.state !== 'dead').map((/** @type {any} */ one) => h('option', { value: one.silo, selected: one.silo === query.get('silo') }, one.silo)));
  const filter = h('form', { class: 'panel form wide', onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    const wanted = new URLSearchParams(Object.entries({ user: user.value, silo: silo.value }).filter(([, value]) => value));
    location.hash = `#/sessions?${wanted}`;
  } }, field('User', user), field('Gateway', silo), h('button', { class: 'button primary' }, 'Show'));
  const list = h('section', {});
  show(head('Sessions'), filter, list);

  const load = async (/** @type {string | undefined} */ after) => {
    const page = await api.get('sessions', { user: query.get('user') ?? '', silo: query.get('silo') ?? '', after, limit: 50 });
    const from = { ...Object.fromEntries(query) };
    list.replaceChildren(
      h('p', { class: 'note', role: 'status' }, `${count(page.total)} sessions${Object.keys(from).length ? ' fit' : ''}.`,
        ...page.silent.map((/** @type {string} */ one) => ` ${one} does not answer.`)),
      table('Sessions', ['User', 'Device', 'Transport', 'Gateway', { label: 'For', kind: 'number' }, { label: 'Cursor', kind: 'number' }, { label: 'Queued', kind: 'number' }, { label: '', kind: 'buttons' }],
        page.sessions.map((/** @type {any} */ session) => [
          userLink(session.user), session.device, session.transport, h('span', { class: 'mono' }, short(session.gateway)), age(session.since), count(session.cursor), bytes(session.queued),
          button('End…', () => void end(session), 'danger'),
        ]), 'There are no sessions.'),
      h('div', { class: 'actions' },
        after ? button('First page', () => void attempt(load(undefined))) : null,
        page.next ? button('Next page', () => void attempt(load(page.next))) : null));
  };

  const end = async (/** @type {any} */ session) => {
    const sure = await confirm({ title: `End this session of ${session.user}?`, text: `${session.transport} on ${session.device}. Its token stays good: the client may come back.`, action: 'End it' });
    if (sure && await attempt(api.post(`users/${encodeURIComponent(session.user)}/kick`, { session: session.session }), 'The session is being ended.')) await load(undefined);
  };

  await load(undefined);
}
