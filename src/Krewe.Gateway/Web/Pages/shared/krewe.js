// The browser's client of the native API: what both pages import.
export { KreweApi } from './api.js';
export { KreweError } from './error.js';
export { MailboxSocket } from './socket.js';
export { newId } from './id.js';
export { backoff } from './backoff.js';

/**
 * @typedef {object} Item One entry of a mailbox.
 * @property {number} seq
 * @property {string} kind
 * @property {string} id
 * @property {string} from
 * @property {string} to
 * @property {string} sentAt
 * @property {string} [device]
 * @property {string} [body]
 * @property {string} [replaces]
 * @property {string[]} [ids]
 *
 * @typedef {object} Draft What a client wants to send.
 * @property {string} to
 * @property {string} id
 * @property {string} body
 * @property {string} [replaces]
 *
 * @typedef {{id: string, seq: number, sentAt: string}} Sent
 *
 * @typedef {{show: string, status?: string}} Presence
 *
 * @typedef {object} Contact
 * @property {string} address
 * @property {string} [name]
 * @property {string[]} [groups]
 * @property {string} subscription
 * @property {string} [pending]
 * @property {Presence} [presence]
 *
 * @typedef {{token: string, expiresAt: string, address: string, device: string}} Session
 */
