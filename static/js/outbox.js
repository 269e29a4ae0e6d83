/**
 * What the reader has sent, from the first moment until the log shows it.
 *
 * A message keeps its nonce for as many tries as it takes, so that it is written once, though the
 * answer to a try may be lost.
 */

import { post } from "./api.js";
import { rowOf } from "./row.js";

export class Outbox {
  #list;
  #sendings = [];
  #mine = new Set();

  constructor(list) {
    this.#list = list;
  }

  /** Send a message; resolves when the dialog has it. Throws what the server refused. */
  async send(text, author) {
    const message = { text, author: author || "Guest", role: "user", time: new Date().toISOString() };
    const sending = { ...message, nonce: newNonce(), id: null, row: rowOf(message, true) };
    sending.row.dataset.state = "sending";
    this.#sendings.push(sending);
    this.#list.append(sending.row);
    try {
      const { id } = await post(text, author, sending.nonce);
      sending.id = id;
      sending.row.dataset.state = "sent";
      if (this.#mine.has(id)) this.#remove(sending);
      this.#mine.add(id);
    } catch (error) {
      this.#remove(sending);
      throw error;
    }
  }

  /** Whether the reader wrote this message, which the log is about to show. */
  isMine(message) {
    const sending = this.#sendings.find((one) =>
      one.id ? one.id === message.id : one.text === message.text && one.author === message.author,
    );
    if (sending?.id) this.#remove(sending);
    else if (sending) {
      sending.row.hidden = true; // the log has it before the answer to the post is here
      this.#mine.add(message.id);
    }
    return this.#mine.has(message.id);
  }

  #remove(sending) {
    sending.row.remove();
    this.#sendings.splice(this.#sendings.indexOf(sending), 1);
  }
}

/** Random enough to be used once. crypto.randomUUID is not there over plain http. */
const newNonce = () => crypto.getRandomValues(new Uint32Array(4)).join("-");
