/** Shows in replies what they answer. Requests answered messages that are not in the log. */

import { loadAround } from "./history.js";
import { showQuote } from "./message_row.js";

const GONE = { author: "", text: "a message that no longer exists" };

export class Quotes {
  #find;
  #waiting = new Map(); // rows of replies, by the id of the message that they answer
  #loading = false;

  /** @param {(id: string) => {author: string, text: string} | undefined} find searches the log */
  constructor(find) {
    this.#find = find;
  }

  /** Shows what `row` answers, now or after `loadMissing`. */
  add(row, id) {
    const answered = this.#find(id);
    if (answered) showQuote(row, answered);
    else this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), row]);
  }

  /** Requests what is still missing, one message at a time. */
  async loadMissing() {
    if (this.#loading) return;
    this.#loading = true;
    for (const [id, rows] of this.#waiting) {
      const isNeeded = rows.some((row) => row.isConnected);
      const answered = isNeeded ? (this.#find(id) ?? (await load(id))) : undefined;
      for (const row of this.#waiting.get(id)) if (answered) showQuote(row, answered);
      this.#waiting.delete(id);
    }
    this.#loading = false;
  }
}

/** Returns a message, or undefined if the request failed. Then the quote keeps its placeholder. */
async function load(id) {
  try {
    const { messages, index } = await loadAround(id, 1);
    return messages[index];
  } catch (error) {
    return error.cursorIsGone ? GONE : undefined;
  }
}
