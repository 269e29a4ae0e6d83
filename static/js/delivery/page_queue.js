/** What the ways of delivery wait for: pages that arrive by events, and time that passes. */

const OPENING = 5_000; // milliseconds until a connection must stand
const SILENCE = 45_000; // the server says something every 20 seconds, if only that nothing is new

/** Turns what arrives by events into pages that one can wait for. */
export class Inbox {
  #pages = [];
  #error = null;
  #ring = () => {};
  #timer = 0;

  /** @param {AbortSignal} signal ends the waiting */
  constructor(signal) {
    signal.addEventListener("abort", () => this.fail(signal.reason), { once: true });
    this.#expect(OPENING);
  }

  /** A page has come. */
  put(page) {
    this.#pages.push(page);
    this.#expect(SILENCE);
    this.#ring();
  }

  /** No more pages will come. */
  fail(error) {
    clearTimeout(this.#timer);
    this.#error ??= error;
    this.#ring();
  }

  /** The pages as they come; throws when there will be no more. */
  async *pages() {
    for (;;) {
      while (this.#pages.length && !this.#error) yield this.#pages.shift();
      if (this.#error) throw this.#error;
      await new Promise((resolve) => (this.#ring = resolve));
    }
  }

  #expect(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(new Error("Nothing came any more.")), milliseconds);
  }
}

/** Resolve after so many milliseconds; reject at once when the signal is aborted. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
  });
}
