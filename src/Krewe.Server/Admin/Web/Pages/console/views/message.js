import { h } from '../../shared/dom.js';
import { count, moment, short } from '../format.js';
import { facts, field, head, section, table, userLink } from '../parts.js';

const PLAIN = { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' };

/** What became of one message. @param {import('../main.js').Stage} stage */
export async function messageView({ api, show, query }) {
  const inputs = Object.fromEntries(['from', 'id', 'owner', 'seq'].map((name) => [name, h('input', { ...PLAIN, name, value: query.get(name) ?? '' })]));
  const go = (/** @type {string[]} */ names) => (/** @type {Event} */ event) => {
    event.preventDefault();
    location.hash = `#/message?${new URLSearchParams(names.map((name) => [name, inputs[name].value]))}`;
  };
  const result = h('div', {});
  show(head('Message'),
    h('form', { class: 'panel form wide', onsubmit: go(['from', 'id']) }, field('Sender', inputs.from), field('Message id', inputs.id), h('button', { class: 'button primary' }, 'Trace')),
    h('p', { class: 'note' }, 'or by its place in somebody’s mailbox:'),
    h('form', { class: 'panel form wide', onsubmit: go(['owner', 'seq']) }, field('Mailbox of', inputs.owner), field('seq', inputs.seq), h('button', { class: 'button' }, 'Trace')),
    result);
  if (!query.toString()) return;
  const trace = await api.get('messages', Object.fromEntries(query));
  result.replaceChildren(
    section('Message', h('div', { class: 'panel' }, facts({
      From: userLink(trace.from), To: userLink(trace.to), Id: h('code', {}, trace.id), Sent: moment(trace.sentAt), Device: trace.device ?? '–', Kind: trace.kind,
    }))),
    section('Mailboxes', table('Mailboxes', ['Mailbox', { label: 'seq', kind: 'number' }, 'Delivered', 'Read', 'Devices'],
      trace.mailboxes.map((/** @type {any} */ copy) => [
        userLink(copy.owner), count(copy.seq), copy.delivered === undefined ? '–' : copy.delivered ? 'yes' : 'not yet', copy.read === undefined ? '–' : copy.read ? 'yes' : 'not yet',
        copy.devices.map((/** @type {any} */ device) => `${device.name}: ${device.acked ? 'acked' : 'not acked'}${device.shown ? ', shown by push' : ''}${device.waiting ? `, push ${device.waiting}` : ''}`).join('; ') || '–',
      ]), 'No mailbox has it.')),
    section('Receipts in the sender’s mailbox', table('Receipts', ['Kind', 'From', { label: 'seq', kind: 'number' }, 'At'],
      trace.receipts.map((/** @type {any} */ one) => [one.kind, userLink(one.from), count(one.seq), moment(one.sentAt)]), 'None yet.')),
    section('Hops that silos remember', hops(trace)));
}

/** @param {any} trace */
function hops(trace) {
  if (trace.hops.length === 0) return h('p', { class: 'note' }, 'No silo remembers it any more: what is above is what is on disk.');
  const start = Date.parse(trace.hops[0].at);
  return h('ol', { class: 'steps panel' }, ...trace.hops.map((/** @type {any} */ hop) => h('li', {},
    h('time', { datetime: hop.at, title: moment(hop.at) }, `+${Math.round(Date.parse(hop.at) - start)} ms`),
    h('span', {}, `${hop.step}${hop.seq ? ` ${hop.seq}` : ''}, ${hop.owner}${hop.detail ? `, ${hop.detail}` : ''}`, hop.gateway ? ` → ${short(hop.gateway)}` : '', h('small', { class: 'note' }, ` on ${short(hop.silo)}`)))));
}
