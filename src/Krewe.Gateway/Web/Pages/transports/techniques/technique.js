import { Emitter } from '../../shared/emitter.js';

/** @typedef {import('../../shared/krewe.js').Item} Item */
/** @typedef {{token: string, cursor: number, pollEvery: () => number}} Reader Who reads, from where, and how often polling asks. */

/** The delay before a broken stream is opened again. */
export const REOPEN_AFTER = 1_000;

/**
 * One way to read the mailbox. It counts what it costs and says what it saw. Events: `item` (Item), `changed`.
 * Every technique keeps a cursor of its own, and so none of them loses or repeats anything.
 */
export class Technique extends Emitter {
  requests = 0;
  up = 0;
  down = 0;
  /** @type {'stopped' | 'working' | 'broken'} */
  state = 'stopped';
  cursor = 0;

  /** @param {Reader} reader */
  start(reader) {
    this.reader = reader;
    this.cursor = reader.cursor;
    this.state = 'working';
    this.running = new AbortController();
    this.run(reader, this.running.signal);
  }

  stop() {
    this.running?.abort();
    this.state = 'stopped';
  }

  clear() {
    this.requests = this.up = this.down = 0;
  }

  /** Begins to read, and goes on until the signal. @param {Reader} _reader @param {AbortSignal} _signal */
  run(_reader, _signal) {
    throw new Error('Each technique has its own way.');
  }

  /** @param {number} up @param {number} [down] */
  count(up, down = 0) {
    this.up += up;
    this.down += down;
    this.emit('changed');
  }

  /** @param {Item} item */
  take(item) {
    this.cursor = item.seq;
    this.state = 'working';
    this.emit('item', item);
  }
}

/** Waits, or ends early when the signal comes. @param {number} time @param {AbortSignal} signal @returns {Promise<void>} */
export function pause(time, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, time);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
