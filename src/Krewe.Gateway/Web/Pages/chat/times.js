const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const brief = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** @param {number} time */
export const clockTime = (time) => clock.format(time);

/** @param {number} time */
export const fullTime = (time) => full.format(time);

/** Which local day a moment belongs to, as a key. @param {number} time */
export function dayKey(time) {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** The heading of a day. @param {number} time @param {number} [now] */
export function dayName(time, now = Date.now()) {
  const ago = daysAgo(time, now);
  if (ago === 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  return new Date(time).getFullYear() === new Date(now).getFullYear() ? day.format(time) : dayOfYear.format(time);
}

/** A moment in the contact list. @param {number} time @param {number} [now] */
export function briefTime(time, now = Date.now()) {
  const ago = daysAgo(time, now);
  if (ago === 0) return clock.format(time);
  return ago > 0 && ago < 7 ? weekday.format(time) : brief.format(time);
}

/** @param {number} time @param {number} now */
function daysAgo(time, now) {
  return Math.round((new Date(now).setHours(12, 0, 0, 0) - new Date(time).setHours(12, 0, 0, 0)) / 86_400_000);
}
