import { svg } from '../../shared/dom.js';

// Each technique has a colour and a shape: who cannot tell the colours tells the shapes.

/** The shapes around (0, 0), about 8 px wide. */
const SHAPES = [
  'M-4-4h8v8h-8z',
  'M0-5l5 9h-10z',
  'M0-5.5l5 5.5l-5 5.5l-5-5.5z',
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
  'M0 5l5-9h-10z',
  'M-1.5-5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z',
  'M0-6l1.800 4.200 4.200.3-3.200 2.900 1 4.400L0 3.600-3.800 5.800l1-4.400-3.200-2.900 4.200-.3z',
];

/** @param {number} index */
export function shapeOf(index) {
  return SHAPES[index % SHAPES.length];
}

/** The name of the style sheet's colour. @param {number} index */
export function colourOf(index) {
  return `--series-${index + 1}`;
}

/** @param {number} index */
export function marker(index) {
  return svg('svg', { class: `marker series-${index + 1}`, viewBox: '-7 -7 14 14', 'aria-hidden': 'true' }, svg('path', { d: shapeOf(index) }));
}
