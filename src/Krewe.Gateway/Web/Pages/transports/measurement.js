/** @typedef {{at: number, delay: number}} Point A message was seen at `at`, `delay` ms after it was sent. */

const KEPT = 2_000;

/** What one technique made of the messages: who came when, and whether each came once. */
export class Measurement {
  /** @type {Set<string>} */
  #seen = new Set();
  /** @type {Point[]} */
  points = [];
  repeated = 0;
  last = '';

  /** @param {string} id @param {string} text @param {number} delay @param {number} at */
  saw(id, text, delay, at) {
    if (this.#seen.has(id)) {
      this.repeated++;
      return;
    }
    this.#seen.add(id);
    this.last = text;
    this.points.push({ at, delay });
    if (this.points.length > KEPT) this.points.shift();
  }

  get count() {
    return this.#seen.size;
  }

  get lastDelay() {
    return this.points.at(-1)?.delay;
  }

  /** @param {number} quantile 0.5 for the median. @returns {number | undefined} */
  delayAt(quantile) {
    if (this.points.length === 0) return undefined;
    const sorted = this.points.map((point) => point.delay).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))];
  }

  clear() {
    this.#seen.clear();
    this.points = [];
    this.repeated = 0;
    this.last = '';
  }
}
