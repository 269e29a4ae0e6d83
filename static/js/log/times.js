/** Formats times in the reader's language and time zone. An invalid time gives "". */

const DAY = { weekday: "long", day: "numeric", month: "long" };
const TIME_FORMAT = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY_FORMAT = new Intl.DateTimeFormat(undefined, DAY);
const YEAR_FORMAT = new Intl.DateTimeFormat(undefined, { ...DAY, year: "numeric" });
const FULL_FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** 8:30 AM */
export const formatTime = (time) => format(TIME_FORMAT, time);

/** Today, Yesterday, Monday, March 2, or Monday, March 2, 2026 if that is another year. */
export function formatDay(time) {
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const date = dateOf(time);
  if (date === dateOf(now)) return "Today";
  if (date === dateOf(yesterday)) return "Yesterday";
  const isThisYear = new Date(time).getFullYear() === now.getFullYear();
  return format(isThisYear ? DAY_FORMAT : YEAR_FORMAT, time);
}

/** Monday, March 2, 2026 at 8:30:00 AM GMT+9 */
export const formatFull = (time) => format(FULL_FORMAT, time);

/** Returns a text that all times of one local day share. */
export function dateOf(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toDateString();
}

function format(formatter, time) {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? "" : formatter.format(milliseconds);
}
