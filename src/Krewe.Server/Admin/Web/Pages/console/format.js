// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** @param {number | undefined} value */
export const count = (value) => value === undefined ? '–' : whole.format(value);

/** @param {number | undefined} value */
export const rate = (value) => value === undefined ? '–' : one.format(value);

/** @param {number | undefined} value Processors in use. */
export const percent = (value) => value === undefined ? '–' : `${whole.format(value * 100)} %`;

/** @param {number | undefined} value */
export function bytes(value) {
  if (value === undefined) return '–';
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${one.format(value)} ${units[unit]}`;
}

/** How long ago. @param {string | undefined} time */
export function age(time) {
  if (!time) return '–';
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A moment, to the second, in the reader's own time. @param {string | undefined} time */
export const moment = (time) => time ? new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }) : '–';

/** Where a silo listens, without the number that tells restarts apart. @param {string | undefined} silo */
export const short = (silo) => silo ? silo.split('@')[0] : '–';
