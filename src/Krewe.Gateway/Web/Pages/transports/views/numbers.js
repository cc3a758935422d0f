const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const twoSignificant = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** @param {number | undefined} ms */
export function time(ms) {
  if (ms === undefined) return '–';
  if (ms < 10) return `${oneDigit.format(ms)} ms`;
  return ms < 10_000 ? `${whole.format(ms)} ms` : `${oneDigit.format(ms / 1000)} s`;
}

/** @param {number | undefined} count */
export function bytes(count) {
  if (count === undefined) return '–';
  if (count < 10_000) return `${whole.format(count)} B`;
  return count < 10_000_000 ? `${oneDigit.format(count / 1000)} kB` : `${oneDigit.format(count / 1_000_000)} MB`;
}

/** @param {number | undefined} count */
export function amount(count) {
  if (count === undefined) return '–';
  if (count < 1) return twoSignificant.format(count);
  return count < 100 ? oneDigit.format(count) : whole.format(count);
}
