/** A short notice over the messages, which goes away by itself. */

const SHOWN = 6000; // milliseconds

export class Notice {
  #element;
  #timer;

  constructor(element) {
    this.#element = element;
  }

  show(text) {
    this.#element.textContent = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#element.textContent = ""), SHOWN);
  }
}
