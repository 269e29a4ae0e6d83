/** The reader's name: a field until the first message, then a line with a button to change it. */

import { loadSetting, saveSetting } from "../page/settings.js";

const DEFAULT_NAME = "Guest";

export class NameField {
  #input;
  #field;
  #summary;

  constructor(form) {
    this.#input = form.elements.author;
    this.#field = form.querySelector("#name-field");
    this.#summary = form.querySelector("#name-summary");
    this.#summary.querySelector("button").addEventListener("click", () => this.#edit());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault(); // Enter would send the message
      this.#settle();
      form.elements.new_message.focus();
    });
    const name = loadSetting("name");
    if (name === null) return;
    this.#input.value ||= name;
    this.#settle();
  }

  get value() {
    return this.#input.value.trim();
  }

  /** Keeps the name of a message that the server accepted. */
  accept(name) {
    if (document.activeElement === this.#input) return; // the reader is changing it
    this.#input.value ||= name;
    if (this.value === name) this.#settle();
  }

  #settle() {
    saveSetting("name", this.value);
    this.#summary.querySelector("b").textContent = this.value || DEFAULT_NAME;
    this.#summary.hidden = false;
    this.#field.hidden = true;
  }

  #edit() {
    this.#summary.hidden = true;
    this.#field.hidden = false;
    this.#input.select();
  }
}
