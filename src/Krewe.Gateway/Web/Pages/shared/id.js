/**
 * A new message id. Made by the client, so that a message sent twice is stored once.
 * `crypto.randomUUID` exists in secure contexts only, and a test server on a LAN address is none.
 */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
