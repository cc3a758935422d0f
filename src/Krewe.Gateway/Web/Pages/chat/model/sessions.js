import { keysWith, recall, recallJson, remember } from './store.js';

/** @typedef {import('../../shared/krewe.js').Session} Session */

const KEY = 'krewe.session.';
const LATEST = 'krewe.latest';
const TAB = 'krewe.tab';

// The tokens are shared by all tabs; which account a tab shows is the tab's own, so that two people can try
// the chat in two tabs of one browser.

/** The account of this tab: the one it had before a reload, else the one used last. @returns {Session | null} */
export function currentSession() {
  const address = tab() ?? recall(LATEST);
  return address === null ? null : sessionOf(address);
}

/** @param {string} address @returns {Session | null} */
export function sessionOf(address) {
  const session = /** @type {Session | null} */ (recallJson(KEY + address, null));
  if (session && Date.parse(session.expiresAt) > Date.now()) return session;
  if (session) forgetSession(address);
  return null;
}

/** All accounts that are signed in in this browser. @returns {Session[]} */
export function allSessions() {
  return keysWith(KEY).map((key) => sessionOf(key.slice(KEY.length))).filter((session) => session !== null);
}

/** @param {Session} session */
export function keepSession(session) {
  remember(KEY + session.address, JSON.stringify(session));
  useInThisTab(session.address);
}

/** @param {string} address */
export function useInThisTab(address) {
  remember(LATEST, address);
  try {
    sessionStorage.setItem(TAB, address);
  } catch {
    // Then a reload shows the account used last.
  }
}

/** @param {string} address */
export function forgetSession(address) {
  remember(KEY + address, null);
  if (recall(LATEST) === address) remember(LATEST, null);
}

/** The storage key whose change means that this account signed in or out in another tab. @param {string} address */
export function sessionKey(address) {
  return KEY + address;
}

/** One device for all tabs of a browser, and the same one after signing in again. */
export function deviceName() {
  const known = recall('krewe.device');
  if (known) return known;
  const made = 'web-' + Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  remember('krewe.device', made);
  return made;
}

function tab() {
  try {
    return sessionStorage.getItem(TAB);
  } catch {
    return null;
  }
}
