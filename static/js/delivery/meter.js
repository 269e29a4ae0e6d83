/** Counts what a delivery method costs, and how long its messages take. */

const KEPT = 500; // delays

export class Meter {
  requests = 0;
  bytes = 0;
  messages = 0;
  #delays = [];

  countRequest() {
    this.requests += 1;
  }

  countBytes(bytes) {
    this.bytes += bytes;
  }

  /** Counts the bytes of a text in UTF-8. */
  countText(text) {
    this.countBytes(new Blob([text]).size);
  }

  countMessages(messages) {
    this.messages += messages;
  }

  addDelay(milliseconds) {
    this.#delays.push(milliseconds);
    if (this.#delays.length > KEPT) this.#delays.shift();
  }

  /** The delay of the newest message in milliseconds; undefined if there is none. */
  get latestDelay() {
    return this.#delays.at(-1);
  }

  /** Returns the delay in milliseconds that a share of the messages did not exceed. */
  delayQuantile(share) {
    const sorted = this.#delays.toSorted((a, b) => a - b);
    return sorted[Math.ceil(share * sorted.length) - 1];
  }
}
