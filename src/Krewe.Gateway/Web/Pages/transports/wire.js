// How many bytes a request and an answer are on the wire, as far as a page can know it. Bodies and WebSocket frames are
// counted exactly. Request headers are what this browser sends by itself plus the page's own; answer headers are those that
// the browser shows. TCP, TLS and the packets' own headers are not counted.

const utf8 = new TextEncoder();

/** @param {string} text */
export function byteLength(text) {
  return utf8.encode(text).length;
}

/** An HTTP/1.1 request without a body. @param {string} path @param {Record<string, string>} headers The page's own. */
export function requestBytes(path, headers = {}) {
  let bytes = `GET ${path} HTTP/1.1\r\n`.length + OWN;
  for (const [name, value] of Object.entries(headers)) bytes += header(name, value);
  return bytes;
}

/** Status line and headers of an answer that the page may look at. @param {Response} response */
export function responseHeadBytes(response) {
  let bytes = `HTTP/1.1 ${response.status} ${response.statusText}\r\n\r\n`.length;
  for (const [name, value] of response.headers) bytes += header(name, value);
  return bytes;
}

/** The head of an answer that the browser keeps to itself (EventSource, frame): about what this server sends. */
export const HIDDEN_HEAD = 210;

/** A chunk of chunked transfer coding (RFC 9112, section 7.1) around so many bytes. @param {number} size */
export function chunkBytes(size) {
  return size + size.toString(16).length + 4;
}

/** A WebSocket frame (RFC 6455, section 5.2) around so many bytes. @param {number} size @param {boolean} masked Those of a client are. */
export function frameBytes(size, masked) {
  return size + (size < 126 ? 2 : size < 65_536 ? 4 : 10) + (masked ? 4 : 0);
}

/** The opening handshake (RFC 6455, section 1.3), beyond an ordinary request and answer. */
export const HANDSHAKE_UP = 165;
export const HANDSHAKE_DOWN = 170;

/** @param {string} name @param {string} value */
function header(name, value) {
  return name.length + value.length + 4;
}

/** What a browser sends with every request. */
const OWN = [
  ['Host', location.host],
  ['Connection', 'keep-alive'],
  ['User-Agent', navigator.userAgent],
  ['Accept', '*/*'],
  ['Accept-Encoding', 'gzip, deflate, br, zstd'],
  ['Accept-Language', navigator.languages.join(',')],
  ['Sec-Fetch-Dest', 'empty'],
  ['Sec-Fetch-Mode', 'cors'],
  ['Sec-Fetch-Site', 'same-origin'],
].reduce((bytes, [name, value]) => bytes + header(name, value), 2);
