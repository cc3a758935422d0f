// What a browser remembers, shared by all tabs of this origin. Where storage is refused (a private window, a full
// disk), the page works on with what it has in memory.

/** @type {Map<string, string>} */
const memory = new Map();

/** @param {string} key @returns {string | null} */
export function recall(key) {
  try {
    return localStorage.getItem(key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

/** @param {string} key @param {string | null} value null forgets. */
export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    memory.delete(key);
  } catch {
    if (value === null) memory.delete(key);
    else memory.set(key, value);
  }
}

/** @template T @param {string} key @param {T} otherwise @returns {T} */
export function recallJson(key, otherwise) {
  try {
    return JSON.parse(recall(key) ?? 'null') ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** @param {string} prefix @returns {string[]} */
export function keysWith(prefix) {
  let keys = [...memory.keys()];
  try {
    keys = [...Object.keys(localStorage), ...keys];
  } catch {
    // Memory alone, then.
  }
  return keys.filter((key) => key.startsWith(prefix));
}

/** Another tab changed what is kept under a key with this prefix. @param {string} prefix @param {(key: string) => void} listener @returns {() => void} */
export function onRemembered(prefix, listener) {
  /** @param {StorageEvent} event */
  const heard = (event) => {
    if (event.key === null || event.key.startsWith(prefix)) listener(event.key ?? prefix);
  };
  addEventListener('storage', heard);
  return () => removeEventListener('storage', heard);
}
