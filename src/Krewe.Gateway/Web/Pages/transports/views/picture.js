import { svg } from '../../shared/dom.js';

/**
 * A step of a picture; time runs downwards, in px. `ask` and `answer` are arrows, `message` is one that comes to the server,
 * `held` is how long it lies there, `open` how long a request stays unanswered or a stream open.
 * @typedef {['ask' | 'answer' | 'message' | 'held' | 'open', number, (string | number)?]} Step
 */

const CLIENT = 46;
const SERVER = 194;
const TOP = 22;
const HEIGHT = 142;
const FALL = 7; // what an arrow takes to cross

/** Who waits for whom. @param {string} name @param {Step[]} steps */
export function picture(name, steps) {
  return svg('svg', { class: 'picture', viewBox: `0 0 260 ${HEIGHT}`, role: 'img', 'aria-label': `${name}: who waits for whom` },
    svg('text', { x: CLIENT, y: 12, 'text-anchor': 'middle' }, 'client'),
    svg('text', { x: SERVER, y: 12, 'text-anchor': 'middle' }, 'server'),
    svg('line', { class: 'life', x1: CLIENT, x2: CLIENT, y1: TOP, y2: HEIGHT - 4 }),
    svg('line', { class: 'life', x1: SERVER, x2: SERVER, y1: TOP, y2: HEIGHT - 4 }),
    ...steps.map(draw));
}

/** @param {Step} step */
function draw([kind, at, more]) {
  const y = TOP + at;
  switch (kind) {
    case 'ask': return arrow(CLIENT, SERVER, y, 'ask', more);
    case 'answer': return arrow(SERVER, CLIENT, y, more === 'nothing' || more === '304' ? 'in-vain' : 'answer', more);
    case 'message': return svg('g', { class: 'comes' },
      svg('line', { x1: 250, x2: SERVER + 10, y1: y, y2: y }), svg('circle', { cx: SERVER, cy: y, r: 4.5 }));
    case 'held': return svg('rect', { class: 'held', x: SERVER - 3, y, width: 6, height: Number(more) - at });
    case 'open': return svg('rect', { class: 'open', x: SERVER - 3, y, width: 6, height: Number(more) - at });
  }
}

/** @param {number} from @param {number} to @param {number} y @param {string} kind @param {string | number} [label] */
function arrow(from, to, y, kind, label) {
  const side = Math.sign(to - from);
  const end = to - side * 5;
  const tip = y + FALL;
  return svg('g', { class: `arrow ${kind}` },
    svg('line', { x1: from + side * 5, x2: end, y1: y, y2: tip }),
    svg('path', { d: `M${end - side * 6} ${tip - 4.5}L${end} ${tip}L${end - side * 7} ${tip + 2.5}` }),
    label && svg('text', { x: (from + to) / 2, y: tip + 8.5, 'text-anchor': 'middle' }, String(label)));
}
