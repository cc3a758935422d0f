import { onRemembered, recall, remember } from './store.js';

/** How available the user wants to appear: one choice for all tabs of the browser, said again after every reconnect. */
export class OwnPresence {
  #key;

  /** @param {string} me @param {(show: string) => boolean} say @param {() => void} changed */
  constructor(me, say, changed) {
    this.#key = `krewe.show.${me}`;
    this.say = say;
    this.changed = changed;
    this.close = onRemembered(this.#key, changed);
  }

  get show() {
    return recall(this.#key) ?? 'available';
  }

  /** @param {string} show */
  choose(show) {
    remember(this.#key, show);
    this.tell();
    this.changed();
  }

  tell() {
    this.say(this.show);
  }
}
