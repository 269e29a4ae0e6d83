/** Counts new messages in the title of the tab while the page is hidden. */
export class UnreadTitle {
  #title = document.title;
  #count = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => document.hidden || this.#reset());
  }

  add(messages) {
    if (!document.hidden || !messages) return;
    this.#count += messages;
    document.title = `(${this.#count}) ${this.#title}`;
  }

  #reset() {
    this.#count = 0;
    document.title = this.#title;
  }
}
