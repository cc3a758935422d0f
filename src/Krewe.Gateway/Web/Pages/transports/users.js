import { KreweApi } from '../shared/krewe.js';

/** @typedef {import('../shared/krewe.js').Session} Session */

/**
 * Who writes and who reads.
 * @typedef {object} Pair
 * @property {Session} writer
 * @property {Session} reader
 * @property {boolean} throwAway They were made for this page and are deleted with it.
 */

/** Makes two users that nobody needs afterwards. @returns {Promise<Pair>} */
export async function makeThrowAway() {
  const suffix = random(5);
  const [writer, reader] = await Promise.all([make(`writer-${suffix}`), make(`reader-${suffix}`)]);
  return { writer, reader, throwAway: true };
}

/** One's own account, writing to itself. @param {string} name @param {string} password @returns {Promise<Pair>} */
export async function signIn(name, password) {
  const session = await new KreweApi().signIn(name, password, 'transports');
  return { writer: session, reader: session, throwAway: false };
}

/** Deletes throw-away users, signs others out. Works while the page is being closed, too. @param {Pair} pair */
export async function end({ writer, reader, throwAway }) {
  const path = throwAway ? '/v1/accounts/me' : '/v1/tokens/current';
  const sessions = writer === reader ? [writer] : [writer, reader];
  await Promise.allSettled(sessions.map(({ token }) =>
    fetch(path, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` }, keepalive: true })));
}

/** @param {string} name @returns {Promise<Session>} */
async function make(name) {
  const password = random(24);
  const api = new KreweApi();
  await api.signUp(name, password);
  return api.signIn(name, password, 'transports');
}

/** @param {number} length */
function random(length) {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => letters[byte % letters.length]).join('');
}
