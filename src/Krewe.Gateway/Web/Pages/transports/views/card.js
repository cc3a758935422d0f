import { h, setText } from '../../shared/dom.js';
import { marker } from './marker.js';
import { bytes, time } from './numbers.js';

/** One technique, live: what it saw last, how late, and what it has cost. */
export class Card {
  #state = h('span', { class: 'card-state' });
  #delay = h('output', { class: 'delay' }, '–');
  #last = h('p', { class: 'last-message' }, 'No message yet');
  #seen = h('dd');
  #requests = h('dd');
  #up = h('dd');
  #down = h('dd');

  /** @param {import('../catalogue.js').Entry} entry @param {number} index */
  constructor(entry, index) {
    this.element = h('article', { class: 'technique', 'data-technique': entry.key, 'aria-label': entry.name },
      h('h3', {}, marker(index), entry.name, this.#state),
      this.#delay,
      this.#last,
      h('dl', {},
        h('div', {}, h('dt', {}, 'Seen'), this.#seen),
        h('div', {}, h('dt', {}, 'Requests'), this.#requests),
        h('div', {}, h('dt', {}, 'Bytes up'), this.#up),
        h('div', {}, h('dt', {}, 'Bytes down'), this.#down)));
  }

  /** @param {import('../techniques/technique.js').Technique} technique @param {import('../measurement.js').Measurement} measurement @param {number} sent */
  update(technique, measurement, sent) {
    const { count, repeated } = measurement;
    this.element.dataset.state = technique.state;
    setText(this.#state, technique.state === 'broken' ? 'trying again' : '');
    setText(this.#delay, time(measurement.lastDelay));
    setText(this.#last, measurement.last || 'No message yet');
    setText(this.#seen, `${count} of ${sent}` + (repeated > 0 ? `, ${repeated} twice` : ''));
    setText(this.#requests, String(technique.requests));
    setText(this.#up, bytes(technique.up));
    setText(this.#down, bytes(technique.down));
    Object.assign(this.element.dataset, { seen: count, repeated, requests: technique.requests, up: technique.up, down: technique.down });
  }
}
