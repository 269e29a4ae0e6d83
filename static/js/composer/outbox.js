/**
 * The reader's messages from the moment they are sent until the log shows them.
 *
 * All attempts to send a message use the same nonce. So it is stored once, even if the response to
 * an earlier attempt was lost.
 */

import { createMessageRow, showTime } from "../log/message_row.js";
import { createMessage } from "../page/api.js";
import { cloneTemplate } from "../page/template.js";
import { isMine, markAsMine } from "./mine.js";

const REJECTED = new Set([400, 413]); // statuses that say that the text itself is the problem

export class Outbox {
  #list;
  #onSent;
  #messages = new Set();
  #lastPost = Promise.resolve(); // posts wait for each other, so that messages keep their order

  /** @param {() => void} onSent is called when a message was stored, at any attempt */
  constructor(list, onSent) {
    this.#list = list;
    this.#onSent = onSent;
  }

  /**
   * Shows a message and sends it. Resolves when it is stored.
   * @throws {ApiError} if it is not; unless `needsEdit`, it stays here for another attempt
   */
  send(text, author) {
    const nonce = createNonce();
    const draft = { id: nonce, text, author: author || "Guest", role: "user", time: "" };
    const message = { text, author, nonce, id: null, row: createMessageRow(draft, true) };
    this.#list.append(message.row);
    this.#messages.add(message);
    return this.#post(message);
  }

  /** Removes the reader's own messages among those that were delivered. */
  deliver(delivered) {
    for (const { id, role, text } of delivered) {
      if (role !== "user") continue;
      const message = this.#find(id, text);
      if (!message) continue;
      markAsMine(id);
      if (message.id) this.#remove(message);
      else if (message.row.dataset.state === "failed") {
        this.#post(message).catch(() => {}); // if only the response was lost, the nonce shows it
      } else message.row.hidden = true; // the response to the post is still on its way
    }
  }

  #find(id, text) {
    const matches = (message) => (message.id ? message.id === id : message.text === text);
    return [...this.#messages].find(matches);
  }

  async #post(message) {
    this.#showState(message, "sending");
    const { text, author, nonce } = message;
    const post = this.#lastPost.then(() => createMessage(text, author, nonce));
    this.#lastPost = post.catch(() => {});
    try {
      const { id, time } = await post;
      this.#onSent();
      if (isMine(id)) return this.#remove(message);
      markAsMine(id);
      message.id = id;
      this.#showState(message, "sent");
      showTime(message.row.querySelector("time"), time);
    } catch (error) {
      if (needsEdit(error)) this.#remove(message);
      else this.#showFailure(message);
      throw error;
    }
  }

  #showFailure(message) {
    if (!this.#messages.has(message)) return; // another attempt succeeded
    this.#showState(message, "failed");
    const failure = cloneTemplate("send-failure");
    failure.addEventListener("click", ({ target }) => {
      if (target.value === "discard") this.#remove(message);
      if (target.value === "again") this.#post(message).catch(() => {}); // shown in the row
    });
    message.row.querySelector(".bubble").append(failure);
  }

  #showState({ row }, state) {
    row.hidden = false;
    row.dataset.state = state;
    row.querySelector("time").textContent = state === "sent" ? "" : `${state} …`;
    row.querySelector(".failure")?.remove();
  }

  #remove(message) {
    message.row.remove();
    this.#messages.delete(message);
  }
}

/** Returns whether the server rejects the text itself, so that another attempt cannot succeed. */
export const needsEdit = (error) => REJECTED.has(error.status);

/** Returns a random nonce. crypto.randomUUID needs https or localhost. */
const createNonce = () => crypto.getRandomValues(new Uint32Array(4)).join("-");
