/**
 * How long to wait before the next attempt, in ms: exponential with "full jitter", so that the clients of a
 * server that restarts do not all come back at the same moment.
 * @param {number} attempt 0 for the first retry.
 * @param {number} [base] @param {number} [cap]
 */
export function backoff(attempt, base = 500, cap = 30_000) {
  const ceiling = Math.min(cap, base * 2 ** Math.min(attempt, 16));
  return 100 + Math.random() * ceiling;
}
