/**
 * What the reader has sent, from the first moment until the log shows it.
 *
 * A message keeps its nonce for as many tries as it takes, so that it is written once, though the
 * answer to a try may be lost.
 */

import { createMessage } from "../page/api.js";
import { claim, isMine } from "./mine.js";
import { rowOf, showTime } from "../log/row.js";
import { fromTemplate } from "../page/templates.js";

const OURS_TO_MEND = new Set([400, 413]); // refused for what was written: no other try helps

export class Outbox {
  #list;
  #sent;
  #sendings = new Set();
  #last = Promise.resolve(); // the post before, in whose order the next ones are written

  /** @param {() => void} sent is called when a message is written, at whichever try */
  constructor(list, sent) {
    this.#list = list;
    this.#sent = sent;
  }

  /**
   * Show a message as being sent, and send it. Resolves when the dialog has it.
   * @throws {ApiError} whether or not it stays here for another try: see `mendable`
   */
  send(text, author) {
    const sending = { text, author, nonce: newNonce(), id: null, row: null };
    const message = { id: sending.nonce, text, author: author || "Guest", role: "user", time: "" };
    sending.row = rowOf(message, true);
    this.#list.append(sending.row);
    this.#sendings.add(sending);
    return this.#try(sending);
  }

  /** Messages were delivered: the reader's own among them leave. */
  delivered(messages) {
    for (const { id, role, text } of messages) {
      if (role !== "user") continue;
      const sending = [...this.#sendings].find((one) => (one.id ? one.id === id : one.text === text));
      if (!sending) continue;
      claim(id);
      if (sending.id) this.#remove(sending);
      else if (sending.row.dataset.state === "failed") {
        this.#try(sending).catch(() => {}); // perhaps only the answer was lost: the nonce tells
      } else sending.row.hidden = true; // delivered before the answer to the post is here
    }
  }

  async #try(sending) {
    this.#state(sending, "sending");
    const { text, author, nonce } = sending;
    const posted = this.#last.then(() => createMessage(text, author, nonce));
    this.#last = posted.catch(() => {});
    try {
      const { id, time } = await posted;
      this.#sent();
      if (isMine(id)) return this.#remove(sending);
      claim(id);
      sending.id = id;
      this.#state(sending, "sent");
      showTime(sending.row.querySelector("time"), time);
    } catch (error) {
      if (mendable(error)) this.#remove(sending);
      else this.#fail(sending);
      throw error;
    }
  }

  #fail(sending) {
    if (!this.#sendings.has(sending)) return; // another try has succeeded meanwhile
    this.#state(sending, "failed");
    const failure = fromTemplate("failure");
    failure.addEventListener("click", ({ target }) => {
      if (target.value === "discard") this.#remove(sending);
      if (target.value === "again") this.#try(sending).catch(() => {}); // it says so itself
    });
    sending.row.querySelector(".bubble").append(failure);
  }

  #state(sending, state) {
    const { row } = sending;
    row.hidden = false;
    row.dataset.state = state;
    row.querySelector("time").textContent = state === "sent" ? "" : `${state} …`;
    row.querySelector(".failure")?.remove();
  }

  #remove(sending) {
    sending.row.remove();
    this.#sendings.delete(sending);
  }
}

/** Whether the writer has to change the text before it can be sent. */
export const mendable = (error) => OURS_TO_MEND.has(error.status);

/** Random enough to be used once. crypto.randomUUID is not there over plain http. */
const newNonce = () => crypto.getRandomValues(new Uint32Array(4)).join("-");
