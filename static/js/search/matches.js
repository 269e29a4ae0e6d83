/** The messages that contain a text, from the newest to the oldest. The server finds them. */

import { fetchPage } from "../page/api.js";

export class Matches {
  #text;
  #isShown;
  #found = [];
  #next = null; // where the search continues; null at the newest message
  #more = true;
  #abort = new AbortController();

  /** @param {(message: object) => boolean} isShown tells whether the reader sees such messages */
  constructor(text, isShown) {
    this.#text = text;
    this.#isShown = isShown;
  }

  /** Returns the match at `index`, where 0 is the newest, or undefined. Throws ApiError. */
  async at(index) {
    while (index >= this.#found.length && this.#more) await this.#loadMore();
    return this.#found[index];
  }

  /** Stops the search that is going on. `at` throws then. */
  stop() {
    this.#abort.abort();
  }

  async #loadMore() {
    const query = { search: this.#text };
    if (this.#next) query.before = this.#next;
    const { messages, next, more } = await fetchPage("/messages", query, {
      signal: this.#abort.signal,
    });
    this.#next = next;
    this.#more = more;
    this.#found.push(...messages.toReversed().filter(this.#isShown));
  }
}
