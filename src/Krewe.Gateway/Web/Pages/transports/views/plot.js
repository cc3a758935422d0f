import { find, h } from '../../shared/dom.js';
import { colourOf, marker, shapeOf } from './marker.js';

const SPAN = 60_000;
const FLOOR = 0.5; // ms
const CEILING = 20_000;
const LINES = [1, 10, 100, 1_000, 10_000];
const MARGIN = { left: 52, right: 12, top: 10, bottom: 24 };

/** The delay of every message of the last minute, one mark each, on a logarithmic scale: 1 ms and 5 s both have their place. */
export class Plot {
  #canvas = h('canvas', { role: 'img', 'aria-label': 'Delay of each message over the last minute, by technique. The table below has the same as numbers.' });
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d'));
  #shapes;
  /** @type {string[]} */
  #colours = [];

  /** @param {{entry: import('../catalogue.js').Entry, measurement: import('../measurement.js').Measurement}[]} series */
  constructor(series) {
    this.series = series;
    this.#shapes = series.map((_, index) => new Path2D(shapeOf(index)));
    find('#plot').replaceChildren(this.#canvas, h('ul', { class: 'legend' },
      ...series.map(({ entry }, index) => h('li', {}, marker(index), entry.name))));
    new ResizeObserver(() => this.#resize()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#pickColours());
    this.#pickColours();
  }

  draw() {
    const { width, height } = this.#canvas.getBoundingClientRect();
    const context = this.#context;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#grid(width, height);
    const now = performance.now();
    const x = (/** @type {number} */ at) => width - MARGIN.right - (now - at) / SPAN * (width - MARGIN.left - MARGIN.right);
    this.series.forEach(({ measurement }, index) => {
      context.fillStyle = this.#colours[index + 2];
      context.globalAlpha = 0.85;
      for (const point of measurement.points) {
        if (now - point.at > SPAN) continue;
        context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, x(point.at) * devicePixelRatio, this.#y(point.delay, height) * devicePixelRatio);
        context.fill(this.#shapes[index]);
      }
      context.globalAlpha = 1;
    });
  }

  /** @param {number} width @param {number} height */
  #grid(width, height) {
    const context = this.#context;
    [context.strokeStyle, context.fillStyle] = this.#colours;
    context.font = '12px system-ui, sans-serif';
    context.lineWidth = 1;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const delay of LINES) {
      const y = Math.round(this.#y(delay, height)) + 0.5;
      context.beginPath();
      context.moveTo(MARGIN.left, y);
      context.lineTo(width - MARGIN.right, y);
      context.stroke();
      context.fillText(delay < 1_000 ? `${delay} ms` : `${delay / 1_000} s`, MARGIN.left - 8, y);
    }
    context.textBaseline = 'alphabetic';
    for (const ago of width < 480 ? [60, 30, 0] : [60, 45, 30, 15, 0]) {
      const x = width - MARGIN.right - ago * 1_000 / SPAN * (width - MARGIN.left - MARGIN.right);
      context.textAlign = ago === 0 ? 'right' : ago === 60 ? 'left' : 'center';
      context.fillText(ago === 0 ? 'now' : `${ago} s ago`, x, height - 6);
    }
  }

  /** @param {number} delay @param {number} height */
  #y(delay, height) {
    const part = Math.log(Math.min(CEILING, Math.max(FLOOR, delay)) / FLOOR) / Math.log(CEILING / FLOOR);
    return height - MARGIN.bottom - part * (height - MARGIN.bottom - MARGIN.top);
  }

  #resize() {
    const { width, height } = this.#canvas.getBoundingClientRect();
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    this.draw();
  }

  #pickColours() {
    // light-dark() is resolved in used colours, not in custom properties: an element has to wear each.
    const probe = document.body.appendChild(h('i', { hidden: true }));
    this.#colours = ['--line', '--text-soft', ...this.series.map((_, index) => colourOf(index))].map((name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    });
    probe.remove();
  }
}
