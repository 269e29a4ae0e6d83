/** The arrow up in the empty field brings back the reader's last message. */

export class Recall {
  #text;

  /** @param {() => string | undefined} findLast returns the last message from before this page */
  constructor(field, findLast) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" || field.value || event.isComposing) return;
      const text = this.#text ?? findLast();
      if (!text) return;
      event.preventDefault(); // the caret stays behind the text
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  remember(text) {
    this.#text = text;
  }
}
