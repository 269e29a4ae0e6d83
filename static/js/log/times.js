/** Formats times in the reader's language and time zone. An invalid time gives "". */

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** 8:30 AM */
export const formatTime = (time) => format(TIME, time);

/** Monday, March 2 */
export const formatDay = (time) => format(DAY, time);

/** Monday, March 2, 2026 at 8:30:00 AM GMT+9 */
export const formatFull = (time) => format(FULL, time);

/** Returns a text that all times of one local day share. */
export function dateOf(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toDateString();
}

function format(formatter, time) {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? "" : formatter.format(milliseconds);
}
