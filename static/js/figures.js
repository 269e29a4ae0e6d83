/** What a way of delivery has done so far. */

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
