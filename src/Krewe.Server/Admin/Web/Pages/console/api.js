import { KreweError } from '../shared/error.js';

/** The calls of the admin API. Every refusal is a {@link KreweError}; a sign-in that is over leads to the sign-in page. */
export class AdminApi {
  /** @param {string} path @param {Record<string, string | number | undefined>} [query] @returns {Promise<any>} */
  get(path, query = {}) {
    const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => [name, String(value)])).toString();
    return this.#call('GET', text ? `${path}?${text}` : path);
  }

  /** @param {string} path @param {object} [body] @returns {Promise<any>} */
  post(path, body) {
    return this.#call('POST', path, body);
  }

  /** @param {string} path @returns {Promise<any>} */
  delete(path) {
    return this.#call('DELETE', path);
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #call(method, path, body) {
    let response;
    try {
      response = await fetch(`/admin/v1/${path}`, {
        method,
        headers: body ? { 'Content-Type': 'application/json' } : {},
        body: body ? JSON.stringify(body) : undefined,
      });
    } catch {
      throw new KreweError('offline', 'The server does not answer.');
    }
    if (response.status === 401) location.assign('/login');
    if (!response.ok) throw await KreweError.from(response);
    return response.status === 204 ? undefined : response.json();
  }
}
