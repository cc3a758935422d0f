// Leads the connections that are meant for Google to the fake. The SDK knows nothing of it: name, certificate and protocol are checked as ever
// (NODE_EXTRA_CA_CERTS has the fake's certificate, which names these hosts).
import http2 from 'node:http2';
import tls from 'node:tls';

const google = new Set(['fcm.googleapis.com', 'oauth2.googleapis.com', 'www.googleapis.com', 'accounts.google.com']);
const connect = tls.connect;

export function redirect(port) {
  tls.connect = (...args) => {
    const options = Object.assign({}, ...args.filter((arg) => arg !== null && typeof arg === 'object'));
    if (typeof args[0] === 'number') options.port = args[0];
    if (typeof args[1] === 'string') options.host = args[1];
    const host = options.host ?? options.hostname;
    if (!google.has(host)) return connect(...args);
    const callback = args.findLast((arg) => typeof arg === 'function');
    return connect({ ...options, host: '127.0.0.1', port, servername: host }, callback);
  };

  // firebase-admin 13 sends ":scheme: https:", with the colon that RFC 9113, section 8.3.1, does not have. Google puts up with it, Kestrel does not.
  const open = http2.connect;
  http2.connect = (...args) => {
    const session = open(...args);
    const request = session.request;
    session.request = (headers, options) => request.call(session, { ...headers, ':scheme': 'https' }, options);
    return session;
  };
}
