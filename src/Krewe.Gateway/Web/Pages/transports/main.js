import { find, h, setText } from '../shared/dom.js';
import { Experiment } from './experiment.js';
import { end, makeThrowAway, signIn } from './users.js';
import { Card } from './views/card.js';
import { Comparison } from './views/comparison.js';
import { picture } from './views/picture.js';
import { Plot } from './views/plot.js';
import { marker } from './views/marker.js';
import { CATALOGUE } from './catalogue.js';

/** How often the numbers are written; the plot moves, and so stands still longer for who prefers that. */
const REFRESH = matchMedia('(prefers-reduced-motion: reduce)').matches ? 1_000 : 200;

const experiment = new Experiment();
const cards = experiment.series.map(({ entry }, index) => new Card(entry, index));
const comparison = new Comparison(experiment.series);
const plot = new Plot(experiment.series);
/** @type {import('./users.js').Pair | undefined} */
let pair;

find('#cards').replaceChildren(...cards.map((card) => card.element));
find('#explanations').replaceChildren(...CATALOGUE.map((entry, index) => h('article', { class: 'explanation' },
  picture(entry.name, entry.steps),
  h('h3', {}, marker(index), entry.name),
  h('p', {}, entry.text),
  h('code', {}, entry.call))));

/** @template {HTMLElement} E @param {string} id @returns {E} */
const byId = (id) => find(`#${id}`);

byId('make-users').onclick = () => void begin(makeThrowAway());
byId('sign-in').onsubmit = (event) => {
  event.preventDefault();
  const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
  void begin(signIn(String(fields.get('username')), String(fields.get('password'))));
};
byId('end').onclick = () => void finish();
addEventListener('pagehide', () => {
  if (pair) void end(pair);
});

const pauseButton = byId('pause');
pauseButton.onclick = () => {
  const paused = !experiment.sender?.paused;
  experiment.sender?.setPaused(paused);
  setText(pauseButton, paused ? 'Go on' : 'Pause');
  draw();
};
byId('burst').onclick = () => send(20);
byId('one').onclick = () => send(1);
byId('clear').onclick = () => {
  experiment.clear();
  draw();
};
slider('rate', (value) => {
  const rate = [0.2, 0.5, 1, 2, 5, 10][value];
  experiment.sender?.setRate(rate);
  return rate < 1 ? `one every ${1 / rate} s` : `${rate} a second`;
});
slider('interval', (value) => {
  experiment.pollEvery = [100, 250, 500, 1_000, 2_000, 5_000, 10_000][value];
  return experiment.pollEvery < 1_000 ? `${experiment.pollEvery} ms` : `${experiment.pollEvery / 1_000} s`;
});

setInterval(() => {
  if (pair) draw();
}, REFRESH);
draw();

/** @param {Promise<import('./users.js').Pair>} making */
async function begin(making) {
  const error = find('#setup-error');
  setText(error, '');
  busy(true);
  try {
    pair = await making;
    await experiment.start(pair);
    byId('rate').dispatchEvent(new Event('input'));
    const name = (/** @type {string} */ address) => address.split('@')[0];
    setText(find('#who'), pair.throwAway ? `${name(pair.writer.address)} writes to ${name(pair.reader.address)}, whose mailbox is read in seven ways.`
      : `${name(pair.writer.address)} writes to itself; the messages stay in that mailbox.`);
    setText(byId('end'), pair.throwAway ? 'End, and delete both' : 'End, and sign out');
    show(true);
  } catch (trouble) {
    if (pair) await end(pair);
    pair = undefined;
    setText(error, /** @type {Error} */ (trouble).message);
  } finally {
    busy(false);
  }
}

async function finish() {
  if (!pair) return;
  experiment.stop();
  draw();
  await end(pair);
  pair = undefined;
  show(false);
  experiment.clear();
  draw();
}

/** @param {number} count */
function send(count) {
  experiment.sender?.burst(count);
  draw();
}

/** @param {boolean} running */
function show(running) {
  byId('setup').hidden = running;
  byId('controls').hidden = !running;
  document.body.dataset.running = String(running);
}

/** @param {boolean} is */
function busy(is) {
  for (const button of document.querySelectorAll('#setup button')) /** @type {HTMLButtonElement} */ (button).disabled = is;
}

function draw() {
  experiment.series.forEach(({ technique, measurement }, index) => cards[index].update(technique, measurement, experiment.sent));
  comparison.update();
  plot.draw();
  setText(find('#sent'), String(experiment.sent));
  setText(find('#refused'), experiment.sender?.refused ?? '');
}

/** A range whose steps have names. @param {string} id @param {(value: number) => string} apply */
function slider(id, apply) {
  const input = /** @type {HTMLInputElement} */ (find(`#${id}`));
  const update = () => {
    const text = apply(Number(input.value));
    input.setAttribute('aria-valuetext', text);
    setText(find(`#${id}-text`), text);
  };
  input.oninput = update;
  update();
}
