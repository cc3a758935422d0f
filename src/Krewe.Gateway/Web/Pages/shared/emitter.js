/** Listeners by event name: `on` returns the function that takes the listener off again. */
export class Emitter {
  /** @type {Map<string, Set<Function>>} */
  #listeners = new Map();

  /** @param {string} event @param {(...args: any[]) => void} listener @returns {() => void} */
  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** @param {string} event @param {...any} args */
  emit(event, ...args) {
    for (const listener of [...this.#listeners.get(event) ?? []]) listener(...args);
  }
}
