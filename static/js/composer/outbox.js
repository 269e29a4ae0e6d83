/**
 * The reader's messages from the moment they are sent until the log shows them.
 *
 * The tab stores them, so they survive a reload and a new login. All attempts to send a message
 * use the same nonce. So it is stored once, even if the response to an earlier attempt was lost.
 */

import { sleep } from "../delivery/sleep.js";
import { createMessageRow, showTime } from "../log/message_row.js";
import { createMessage } from "../page/api.js";
import { tabStorage } from "../page/safe_storage.js";
import { cloneTemplate } from "../page/template.js";
import { isMine, markAsMine } from "./mine.js";

const REJECTED = new Set([400, 413]); // statuses that say that the message itself is the problem
const MAX_TRIES = 10; // attempts that the server itself asks for

/**
 * Dispatches events with these details:
 * - `sent` {post}: a message was stored
 * - `rejected` {post, reason}: the server does not accept the message as it is
 */
export class Outbox extends EventTarget {
  #list;
  #messages = new Set();
  #lastPost = Promise.resolve(); // posts wait for each other, so that messages keep their order

  constructor(list) {
    super();
    this.#list = list;
  }

  /** Shows a message and sends it: {text, author, reply_to?}. */
  send(post) {
    this.#add({ ...post, nonce: createNonce() });
  }

  /** Sends the messages that this tab has stored. */
  restore() {
    for (const post of tabStorage.loadList("outbox")) {
      const fields = [post?.text, post?.author, post?.nonce];
      if (fields.every((field) => typeof field === "string")) this.#add(post);
    }
  }

  /** Sends failed messages again, except those for which the server asked to wait. */
  retry() {
    for (const message of this.#messages) {
      if (message.row.dataset.state === "failed" && !message.pause) this.#enqueue(message);
    }
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
        this.#sendAgain(message); // if only the response was lost, the nonce shows it
      } else message.row.hidden = true; // the response to the post is still on its way
    }
  }

  #find(id, text) {
    const matches = ({ id: ownId, post }) => (ownId ? ownId === id : post.text === text);
    return [...this.#messages].find(matches);
  }

  #add(post) {
    const { nonce, text, author, reply_to } = post;
    const draft = { id: nonce, text, author: author || "Guest", role: "user", time: "", reply_to };
    const message = { post, id: null, pause: null, row: createMessageRow(draft, true) };
    this.#list.append(message.row);
    this.#messages.add(message);
    this.#store();
    this.#enqueue(message);
  }

  #enqueue(message) {
    this.#showState(message, "sending");
    this.#lastPost = this.#lastPost.then(() => this.#post(message));
  }

  #sendAgain(message) {
    if (message.pause) message.pause.abort();
    else this.#enqueue(message);
  }

  /** Posts a message, and again after a wait as long as the server asks for it. */
  async #post(message) {
    for (let tries = 1; this.#messages.has(message); tries++) {
      this.#showState(message, "sending");
      try {
        return this.#settle(message, await createMessage(message.post));
      } catch (error) {
        if (REJECTED.has(error.status)) return this.#reject(message, error.message);
        const waits = error.retryAfter > 0 && tries < MAX_TRIES;
        this.#showFailure(message, error.message, waits);
        if (!waits) return;
        message.pause = new AbortController();
        await sleep(error.retryAfter * 1000, message.pause.signal).catch(() => {});
        message.pause = null;
      }
    }
  }

  #settle(message, { id, time }) {
    this.#dispatch("sent", { post: message.post });
    // A restored message may be older than the page. Then it is not delivered to this page.
    const isInLog = isMine(id) || Date.parse(time) <= Number(document.documentElement.dataset.now);
    markAsMine(id);
    message.id = id;
    this.#store();
    if (isInLog) {
      document.getElementById(`m-${id}`)?.classList.add("mine");
      return this.#remove(message);
    }
    this.#showState(message, "sent");
    showTime(message.row.querySelector("time"), time);
  }

  #reject(message, reason) {
    this.#remove(message);
    this.#dispatch("rejected", { post: message.post, reason });
  }

  #showFailure(message, reason, waits) {
    if (!this.#messages.has(message)) return; // it was discarded
    this.#showState(message, "failed");
    const failure = cloneTemplate("send-failure");
    failure.querySelector(".reason").textContent = reason;
    failure.querySelector(".automatic").hidden = !waits;
    failure.addEventListener("click", ({ target }) => {
      if (target.value === "discard") this.#remove(message);
      if (target.value === "again") this.#sendAgain(message);
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
    message.pause?.abort();
    message.row.remove();
    this.#messages.delete(message);
    this.#store();
  }

  #store() {
    const unsent = [...this.#messages].filter(({ id }) => !id);
    tabStorage.saveList("outbox", unsent.map(({ post }) => post));
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Returns a random nonce. crypto.randomUUID needs https or localhost. */
const createNonce = () => crypto.getRandomValues(new Uint32Array(4)).join("-");
