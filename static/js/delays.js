/** How long a message took from its writer to this page. */

/**
 * By how much the server's clock is ahead of ours, in milliseconds, as far as can be told: it made
 * the page between our question and its answer. A page out of the cache says nothing about that.
 */
function lead() {
  const [load] = performance.getEntriesByType("navigation");
  if (!load?.transferSize) return 0;
  const made = Number(document.documentElement.dataset.now) - performance.timeOrigin;
  return made - Math.min(Math.max(made, load.requestStart), load.responseStart);
}

const LEAD = lead();

/**
 * The milliseconds since a message was written. NaN where that says nothing of the way it came:
 * it was written before the connection stood, or the page is hidden and the browser slows it down.
 */
export function delayOf(message, since) {
  const written = Date.parse(message.time) - LEAD;
  return written < since || document.hidden ? NaN : Math.max(0, Date.now() - written);
}
