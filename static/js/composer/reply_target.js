/** The message that the next one answers, shown above the field until the reader cancels it. */

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
    this.id = id;
    this.#bar.querySelector(".quote").href = `#m-${id}`;
    this.#bar.querySelector(".quoted-author").textContent = message.author;
    this.#bar.querySelector(".quoted-text").textContent = message.text;
    this.#bar.hidden = false;
    this.#field.focus();
  }

  clear() {
    this.id = undefined;
    this.#bar.hidden = true;
  }

  /** Returns the id, and clears it because the message is being sent. */
  take() {
    const { id } = this;
    this.clear();
    return id;
  }

  #onKey(event) {
    if (event.key !== "Escape" || !this.id || event.isComposing) return;
    event.stopPropagation(); // it leaves only the reply
    this.clear();
    this.#field.focus();
  }
}
