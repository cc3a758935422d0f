import { find, h, setText } from '../../shared/dom.js';
import { marker } from './marker.js';
import { amount, bytes, time } from './numbers.js';

/** @typedef {{entry: import('../catalogue.js').Entry, technique: import('../techniques/technique.js').Technique, measurement: import('../measurement.js').Measurement}} Series */

/** What a column shows of a technique, and how it writes it. @type {{title: string, value: (series: Series) => number | undefined, text: (value: number | undefined) => string}[]} */
const COLUMNS = [
  { title: 'Delay, median', value: ({ measurement }) => measurement.delayAt(0.5), text: time },
  { title: 'Delay, slowest in 20', value: ({ measurement }) => measurement.delayAt(0.95), text: time },
  { title: 'Requests per message', value: ({ technique, measurement }) => perMessage(technique.requests, measurement), text: amount },
  { title: 'Bytes per message', value: ({ technique, measurement }) => perMessage(technique.up + technique.down, measurement), text: bytes },
];

/** The techniques side by side, with bars. */
export class Comparison {
  #cells;
  #rows;

  /** @param {Series[]} series */
  constructor(series) {
    this.series = series;
    this.#cells = series.map(() => COLUMNS.map(({ title }) => {
      const bar = h('span', { class: 'bar' });
      const text = h('span', { class: 'bar-text' }, '–');
      return { bar, text, element: h('td', { 'data-title': title }, text, h('span', { class: 'bar-track' }, bar)) };
    }));
    this.#rows = series.map(({ entry }, row) =>
      h('tr', { 'data-technique': entry.key }, h('th', { scope: 'row' }, marker(row), entry.name), ...this.#cells[row].map(({ element }) => element)));
    find('#comparison').replaceChildren(
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Technique'), ...COLUMNS.map(({ title }) => h('th', { scope: 'col' }, title)))),
      h('tbody', {}, ...this.#rows));
  }

  update() {
    this.series.forEach(({ measurement }, row) => { this.#rows[row].dataset.delay = String(measurement.delayAt(0.5) ?? ''); });
    COLUMNS.forEach(({ value, text }, column) => {
      const values = this.series.map(value);
      const most = Math.max(...values.map((one) => one ?? 0));
      values.forEach((one, row) => {
        const cell = this.#cells[row][column];
        setText(cell.text, text(one));
        cell.bar.style.width = one === undefined || most === 0 ? '0' : `${Math.max(1, one / most * 100)}%`;
      });
    });
  }
}

/** @param {number} total @param {import('../measurement.js').Measurement} measurement */
function perMessage(total, { count }) {
  return count === 0 ? undefined : total / count;
}
