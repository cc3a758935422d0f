/** Trouble that the server, or the way to it, reported. */
export class KreweError extends Error {
  /**
   * @param {string} code The API's stable word, or `offline` when no answer came.
   * @param {string} message A sentence for a person.
   * @param {{status?: number, member?: string, first?: number, last?: number, retryAfter?: number}} [more]
   */
  constructor(code, message, more = {}) {
    super(message);
    this.name = 'KreweError';
    this.code = code;
    this.status = more.status ?? 0;
    this.member = more.member;
    this.first = more.first;
    this.last = more.last;
    this.retryAfter = more.retryAfter;
  }

  /** Is it worth trying the same again later? */
  get temporary() {
    return this.code === 'offline' || this.code === 'unavailable' || this.code === 'rate-limited' || this.status >= 500;
  }

  /** Does the token no longer hold? */
  get signedOut() {
    return this.status === 401 || this.code === 'unauthorized';
  }

  /** @param {Response} response @returns {Promise<KreweError>} */
  static async from(response) {
    /** @type {any} */
    let problem = {};
    try {
      problem = await response.json();
    } catch {
      // A proxy's error page is no problem document; the status has to do.
    }
    const header = response.headers.get('Retry-After');
    return new KreweError(
      problem.code ?? `http-${response.status}`,
      problem.detail ?? problem.title ?? `The server answered ${response.status}.`,
      {
        status: response.status,
        member: problem.member,
        first: problem.first,
        last: problem.last,
        retryAfter: header === null ? undefined : Number(header) || undefined,
      });
  }
}
