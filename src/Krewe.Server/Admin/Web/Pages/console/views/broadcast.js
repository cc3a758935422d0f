import { h, setText } from '../../shared/dom.js';
import { count, moment } from '../format.js';
import { button, confirm, field, head, section, stateOf, table } from '../parts.js';

const EVERY = 1_500;

/** A message to everybody. @param {import('../main.js').Stage} stage */
export async function broadcastView({ api, show, attempt, repeat }) {
  const text = h('textarea', { required: true, maxlength: 4000, rows: 5 });
  const scope = h('select', {}, h('option', { value: 'online' }, 'Users with a live session now'), h('option', { value: 'all' }, 'All users'));
  const push = h('input', { type: 'checkbox' });
  const form = h('form', { class: 'panel form', onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const whom = scope.value === 'all' ? 'all users' : 'everybody who is online';
    if (!await confirm({ title: `Send to ${whom}?`, text: 'The message is put into their mailboxes and cannot be called back; a stop only spares those who do not have it yet.', action: 'Send' })) return;
    // Made here, so that a second click after a lost answer sends nothing twice.
    if (await attempt(api.post('broadcasts', { id: form.dataset.id, body: text.value, to: scope.value, push: push.checked }), 'The broadcast has begun.')) {
      form.reset();
      form.dataset.id = crypto.randomUUID();
    }
    await load();
  } },
  field('Message', text, 'It comes from the server’s own address and is kept like any message; nobody can answer it.'),
  field('To', scope),
  h('label', { class: 'check' }, push, 'Let devices sound, as for messages'),
  h('div', { class: 'actions' }, h('button', { class: 'button primary' }, 'Send…')));
  form.dataset.id = crypto.randomUUID();
  const list = h('div', {});
  const progress = h('div', {});

  const load = async () => {
    const { broadcasts } = await api.get('broadcasts');
    const running = broadcasts.find((/** @type {any} */ one) => one.state === 'running');
    if (!running) progress.replaceChildren();
    else if (progress.dataset.id === running.id && progress.firstElementChild) setText(progress.firstElementChild, said(running));
    else progress.replaceChildren(h('p', { role: 'status' }, said(running)), button('Stop…', () => void stop(running.id), 'danger'));
    progress.dataset.id = running?.id ?? '';
    list.replaceChildren(table('Broadcasts', ['Begun', 'State', 'To', { label: 'Reached', kind: 'number' }, { label: 'Passed over', kind: 'number' }, 'Message'],
      broadcasts.map((/** @type {any} */ one) => [moment(one.begun), stateOf(one.state), one.to, count(one.reached), count(one.passedOver), one.preview]), 'Nothing was broadcast yet.'));
  };

  const stop = async (/** @type {string} */ id) => {
    if (await confirm({ title: 'Stop the broadcast?', text: 'Who has the message keeps it.', action: 'Stop' })) await attempt(api.post(`broadcasts/${encodeURIComponent(id)}/stop`), 'The broadcast is stopped.');
    await load();
  };

  show(head('Broadcast'), form, section('Broadcasts', progress, list));
  await load();
  repeat(load, EVERY);
}

/** @param {any} running */
const said = (running) => `${count(running.reached + running.passedOver)}${running.audience === undefined ? '' : ` of ${count(running.audience)}`} users so far.`;
