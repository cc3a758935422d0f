import { h } from '../../shared/dom.js';
import { age, count, moment, short } from '../format.js';
import { button, confirm, facts, field, head, section, stateOf, table, userLink } from '../parts.js';

const PLAIN = { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' };

/** Finding users and making them. @param {import('../main.js').Stage} stage */
export async function usersView({ api, show, attempt }) {
  const name = h('input', { ...PLAIN, required: true });
  const find = h('form', { class: 'panel form wide', onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    location.hash = `#/users/${encodeURIComponent(name.value)}`;
  } }, field('Name or address', name), h('button', { class: 'button primary' }, 'Look up'));

  const fresh = h('input', { ...PLAIN, required: true });
  const password = h('input', { ...PLAIN, type: 'password', autocomplete: 'new-password' });
  const made = h('p', { class: 'notice good', role: 'status' });
  const make = h('form', { class: 'panel form wide', onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const user = await attempt(api.post('users', { user: fresh.value, password: password.value || undefined }), 'The user is there.');
    if (!user) return;
    made.replaceChildren(userLink(user.user), ...user.password ? [' has the password ', h('code', {}, user.password), '. It is shown this once.'] : ['']);
    make.reset();
  } }, field('Name', fresh), field('Password', password, 'Left empty, one is made.'), h('button', { class: 'button' }, 'Make the user'));
  const list = h('section', {});
  show(head('Users'), find, list, section('A new user', make, made));

  const load = async (/** @type {string | undefined} */ after) => {
    const page = await api.get('users', { after, limit: 50 });
    list.replaceChildren(
      h('h2', {}, 'By name'),
      table('Users', ['User', 'State', 'Created'], page.users.map((/** @type {any} */ user) => [userLink(user.user), stateOf(user.status ?? 'unknown'), moment(user.created)]), 'There are no users.'),
      h('div', { class: 'actions' },
        after ? button('First page', () => void attempt(load(undefined))) : null,
        page.next ? button('Next page', () => void attempt(load(page.next))) : null));
  };
  await load(undefined);
}

/** One user, and what may be done. @param {import('../main.js').Stage} stage @param {string} name */
export async function userView({ api, show, attempt }, name) {
  const path = `users/${encodeURIComponent(name)}`;

  const load = async () => {
    const user = await api.get(path);
    const live = (await api.get('sessions', { user: name, limit: 100 })).sessions;
    show(head(user.user, stateOf(user.status)), about(user), actions(user), devices(user), sessions(live), trace(user));
  };

  const act = async (/** @type {import('../parts.js').Question | undefined} */ question, /** @type {() => Promise<any>} */ action, /** @type {string} */ done) => {
    if (question && !await confirm(question)) return;
    const result = await attempt(action(), done);
    if (!result) return;
    await load();
    if (result.password) await attempt(Promise.resolve(), `The new password is ${result.password} – it is shown this once.`);
  };

  const about = (/** @type {any} */ user) => h('div', { class: 'panel' }, facts({
    Created: moment(user.created), Signs: user.password ? 'in with a password' : 'in with the issuer', 'Held by': short(user.core),
    'Newest item': count(user.mailbox?.last), 'First item': count(user.mailbox?.first), Unread: count(user.mailbox?.unread),
    Contacts: count(user.contacts), Blocks: count(user.blocks), Mutes: count(user.mutes),
  }));

  const actions = (/** @type {any} */ user) => user.status === 'deleted' ? h('p', { class: 'note' }, 'The user was deleted. The name is not given out again.') : section('Actions', h('div', { class: 'actions' },
    button('End all sessions…', () => void act({ title: `End all sessions of ${user.user}?`, text: 'Tokens stay good: clients may come back at once.', action: 'End them' },
      () => api.post(`${path}/kick`), 'The sessions are being ended.')),
    button('Sign out everywhere…', () => void act({ title: `Sign ${user.user} out everywhere?`, text: 'Every token ends, and devices are not pushed any more until they sign in again.', action: 'Sign out' },
      () => api.post(`${path}/sign-out`), 'All devices are signed out.')),
    button('Reset password…', () => void act({ title: `Reset the password of ${user.user}?`, text: 'A new password is made and shown once. Every device is signed out.', action: 'Reset' },
      () => api.post(`${path}/password`), 'The password is reset.')),
    user.status === 'disabled'
      ? button('Enable', () => void act(undefined, () => api.post(`${path}/enable`), 'The user is enabled.'))
      : button('Disable…', () => void act({ title: `Disable ${user.user}?`, text: 'Tokens and logins are refused and sessions end. For others it is as if there were no such user. Nothing is deleted.', action: 'Disable' },
        () => api.post(`${path}/disable`), 'The user is disabled.'), 'danger'),
    button('Delete…', () => void act({ title: `Delete ${user.user}?`, text: 'Mailbox, contacts, devices and everything else of the user goes for ever. Messages in other people’s mailboxes stay. The name is not given out again.', action: 'Delete', typed: user.user.split('@')[0] },
      () => api.delete(path), 'The user is deleted.'), 'danger')));

  const devices = (/** @type {any} */ user) => section('Devices', table('Devices', ['Device', 'Last seen', { label: 'Acked', kind: 'number' }, 'Push', { label: '', kind: 'buttons' }],
    user.devices.map((/** @type {any} */ device) => [
      device.name, `${age(device.lastSeen)} ago`, count(device.acked), device.push ? `${device.push.platform}, ${device.push.app}` : 'none',
      button('Sign out…', () => void act({ title: `Sign out ${device.name}?`, text: 'Its tokens and its push registration end.', action: 'Sign out' },
        () => api.post(`${path}/sign-out`, { device: device.name }), `${device.name} is signed out.`)),
    ]), 'No device has signed in.'));

  const sessions = (/** @type {any[]} */ live) => section('Sessions', table('Sessions', ['Transport', 'Device', 'Gateway', { label: 'For', kind: 'number' }, { label: 'Cursor', kind: 'number' }, { label: '', kind: 'buttons' }],
    live.map((session) => [session.transport, session.device, h('span', { class: 'mono' }, short(session.gateway)), age(session.since), count(session.cursor),
      button('End…', () => void act({ title: 'End this session?', text: `${session.transport} on ${session.device}. Its token stays good: the client may come back.`, action: 'End it' },
        () => api.post(`${path}/kick`, { session: session.session }), 'The session is being ended.'))]), 'The user has no live session.'));

  const trace = (/** @type {any} */ user) => user.mailbox?.last ? h('p', { class: 'note' }, h('a', { href: `#/message?owner=${encodeURIComponent(user.user)}&seq=${user.mailbox.last}` }, 'What became of the newest item')) : '';

  await load();
}
