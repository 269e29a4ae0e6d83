/** What a way of delivery has done so far, and how long a message took by it. */

const KEPT = 500; // delays

export class Figures {
  requests = 0;
  bytes = 0;
  messages = 0;
  #delays = [];

  /** A request was made. */
  request() {
    this.requests += 1;
  }

  /** So many bytes came. */
  received(bytes) {
    this.bytes += bytes;
  }

  /** A message came, so many milliseconds after it was written. */
  delayed(milliseconds) {
    this.#delays.push(milliseconds);
    if (this.#delays.length > KEPT) this.#delays.shift();
  }

  /** The delay of the last message; undefined before the first. */
  get now() {
    return this.#delays.at(-1);
  }

  /** The delay that so large a part of the messages did not exceed. */
  quantile(part) {
    const sorted = this.#delays.toSorted((a, b) => a - b);
    return sorted[Math.ceil(part * sorted.length) - 1];
  }
}

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
