/** A queue between a connection, which pushes pages, and a generator, which yields them. */

const OPEN_TIMEOUT = 5_000; // milliseconds for the connection to open
const SILENCE_TIMEOUT = 45_000; // milliseconds; the server sends a page at least every 20 seconds

export class PageQueue {
  #pages = [];
  #error = null;
  #wake = () => {};
  #timer = 0;

  /** @param {AbortSignal} signal ends the iteration */
  constructor(signal) {
    signal.addEventListener("abort", () => this.fail(signal.reason), { once: true });
    this.#expectPageWithin(OPEN_TIMEOUT);
  }

  push(page) {
    this.#pages.push(page);
    this.#expectPageWithin(SILENCE_TIMEOUT);
    this.#wake();
  }

  /** Makes the iteration throw this error, at once. */
  fail(error) {
    clearTimeout(this.#timer);
    this.#error ??= error;
    this.#wake();
  }

  /** Yields each page when it arrives. */
  async *[Symbol.asyncIterator]() {
    for (;;) {
      while (this.#pages.length && !this.#error) yield this.#pages.shift();
      if (this.#error) throw this.#error;
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }

  #expectPageWithin(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(new Error("The server is silent.")), milliseconds);
  }
}

/** Returns the page that says only that the connection is open. */
export const emptyPage = (cursor) => ({ messages: [], next: cursor, more: false });
