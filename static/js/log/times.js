/** Times as the reader's zone and language write them. A message written by hand may have none. */

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** The hour and minute. */
export const clock = (time) => written(CLOCK, time);

/** The day: Monday, November 23. */
export const day = (time) => written(DAY, time);

/** All that is known of a time. */
export const full = (time) => written(FULL, time);

/** What times of one day, as the reader has it, have in common; "" where there is no time. */
export function dateOf(time) {
  const moment = new Date(time);
  return Number.isNaN(moment.getTime()) ? "" : moment.toDateString();
}

function written(format, time) {
  const moment = Date.parse(time);
  return Number.isNaN(moment) ? "" : format.format(moment);
}
