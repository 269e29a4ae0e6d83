/** How long a message took from its writer to this page. */

/**
 * Returns the milliseconds since a message was written.
 *
 * Returns NaN if they do not measure the delivery method: the message is older than the
 * connection, or the browser slows the page down because it is hidden.
 */
export function delayOf(message, connectedAt) {
  const at = writtenAt(message);
  return at < connectedAt || document.hidden ? NaN : Math.max(0, Date.now() - at);
}

/** Returns when a message was written, by the browser's clock. */
export function writtenAt(message) {
  return Date.parse(message.time) - CLOCK_OFFSET;
}

const CLOCK_OFFSET = estimateClockOffset();

/**
 * Returns how many milliseconds the server's clock is ahead of the browser's, as an estimate.
 *
 * The server rendered the page between the request and the response. The estimate is the
 * smallest offset that agrees with that. It is 0 for a page from the cache.
 */
function estimateClockOffset() {
  const [load] = performance.getEntriesByType("navigation");
  if (!load?.transferSize) return 0;
  const renderedAt = Number(document.documentElement.dataset.now) - performance.timeOrigin;
  return renderedAt - Math.min(Math.max(renderedAt, load.requestStart), load.responseStart);
}
