import { KreweError } from './error.js';

/** @typedef {import('./krewe.js').Item} Item */
/** @typedef {import('./krewe.js').Contact} Contact */
/** @typedef {import('./krewe.js').Session} Session */
/** @typedef {import('./krewe.js').Draft} Draft */
/** @typedef {import('./krewe.js').Sent} Sent */

/** The calls of the native API, version 1. Every refusal is a {@link KreweError}. */
export class KreweApi {
  /** @param {string} [token] */
  constructor(token) {
    this.token = token;
  }

  /** @param {string} username @param {string} password @returns {Promise<{address: string}>} */
  signUp(username, password) {
    return this.#call('POST', '/v1/accounts', { username, password });
  }

  /** @param {string} username @param {string} password @param {string} [device] @returns {Promise<Session>} */
  signIn(username, password, device) {
    return this.#call('POST', '/v1/tokens', { username, password, device });
  }

  /** @returns {Promise<void>} */
  signOut() {
    return this.#call('DELETE', '/v1/tokens/current');
  }

  /** @returns {Promise<void>} */
  deleteAccount() {
    return this.#call('DELETE', '/v1/accounts/me');
  }

  /** @param {Draft} draft @returns {Promise<Sent>} */
  send(draft) {
    return this.#call('POST', '/v1/messages', draft);
  }

  /** @param {number} after @param {number} [limit] @returns {Promise<{items: Item[], next: number, last: number}>} */
  mailbox(after, limit = 100) {
    return this.#call('GET', `/v1/mailbox?after=${after}&limit=${limit}`);
  }

  /** @param {string} peer @param {number} [before] @param {number} [limit] @returns {Promise<{items: Item[], next?: number}>} */
  history(peer, before, limit = 40) {
    const from = before === undefined ? '' : `&before=${before}`;
    return this.#call('GET', `/v1/history/${encodeURIComponent(peer)}?limit=${limit}${from}`);
  }

  /** @returns {Promise<{items: Contact[]}>} */
  contacts() {
    return this.#call('GET', '/v1/contacts');
  }

  /** Stores a contact and asks for its presence. @param {string} address @param {{name?: string}} [contact] @returns {Promise<void>} */
  putContact(address, contact = {}) {
    return this.#call('PUT', `/v1/contacts/${encodeURIComponent(address)}`, contact);
  }

  /** @param {string} address @returns {Promise<void>} */
  removeContact(address) {
    return this.#call('DELETE', `/v1/contacts/${encodeURIComponent(address)}`);
  }

  /** @param {string} address @param {'approve' | 'deny'} answer @returns {Promise<void>} */
  answerRequest(address, answer) {
    return this.#call('POST', `/v1/contacts/${encodeURIComponent(address)}/${answer}`);
  }

  /** @returns {Promise<{items: string[]}>} */
  blocks() {
    return this.#call('GET', '/v1/blocks');
  }

  /** @param {string} address @returns {Promise<void>} */
  block(address) {
    return this.#call('PUT', `/v1/blocks/${encodeURIComponent(address)}`);
  }

  /** @param {string} address @returns {Promise<void>} */
  unblock(address) {
    return this.#call('DELETE', `/v1/blocks/${encodeURIComponent(address)}`);
  }

  /** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  async #call(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json' };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let response;
    try {
      response = await fetch(path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch {
      throw new KreweError('offline', 'The server cannot be reached. Check your connection and try again.');
    }
    if (!response.ok) throw await KreweError.from(response);
    return response.status === 204 ? undefined : response.json();
  }
}
