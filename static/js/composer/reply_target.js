/**
 * The message that the next one answers, shown above the field until the reader cancels it.
 *
 * The tab stores it like the draft, so it survives a reload and a new login.
 */

import { tabStorage } from "../page/safe_storage.js";

const STORED = "reply"; // the name of the stored id, author and text

export class ReplyTarget {
  #bar;
  #field;
  #find;

  /** The id of the message, or undefined. */
  id;

  /** @param {(id: string) => {author: string, text: string} | undefined} find searches the log */
  constructor(form, find) {
    this.#bar = form.querySelector("#reply-target");
    this.#field = form.elements.new_message;
    this.#find = find;
    this.#bar.querySelector("button").addEventListener("click", () => {
      this.clear();
      this.#field.focus();
    });
    form.addEventListener("keydown", (event) => this.#onKey(event), { capture: true });
    const stored = tabStorage.loadList(STORED);
    if (stored.length === 3) this.#show(...stored.map(String));
  }

  /** Starts a reply when the reader clicks the button of a message in `list`. */
  listen(list) {
    list.addEventListener("click", ({ target }) => {
      const row = target.closest(".reply")?.closest(".message");
      if (row) this.set(row.dataset.id);
    });
  }

  set(id) {
    const message = this.#find(id);
    if (!message) return;
    tabStorage.saveList(STORED, [id, message.author, message.text]);
    this.#show(id, message.author, message.text);
    this.#field.focus();
  }

  clear() {
    this.id = undefined;
    this.#bar.hidden = true;
    tabStorage.saveList(STORED, []);
  }

  /** Returns the id, and clears it because the message is being sent. */
  take() {
    const { id } = this;
    this.clear();
    return id;
  }

  #show(id, author, text) {
    this.id = id;
    this.#bar.querySelector(".quote").href = `#m-${id}`;
    this.#bar.querySelector(".quoted-author").textContent = author;
    this.#bar.querySelector(".quoted-text").textContent = text;
    this.#bar.hidden = false;
  }

  #onKey(event) {
    if (event.key !== "Escape" || !this.id || event.isComposing) return;
    event.stopPropagation(); // it leaves only the reply
    this.clear();
    this.#field.focus();
  }
}
