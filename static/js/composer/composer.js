/**
 * The form: Enter sends, Shift+Enter starts a new line, and problems appear above the field.
 *
 * The tab stores the draft, so it survives a reload and a new login.
 */

import { tabStorage } from "../page/safe_storage.js";
import { growWithText } from "./grow_with_text.js";

const EMPTY = "Write a message first.";
const COUNT_FROM = 200; // characters left

export class Composer {
  #field;
  #problem;
  #remaining;
  #send;

  /** @param {(text: string) => void} send */
  constructor(form, send) {
    this.#field = form.elements.new_message;
    this.#problem = form.querySelector("#problem");
    this.#remaining = form.querySelector("#remaining");
    this.#send = send;

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submitField();
    });
    this.#field.addEventListener("keydown", (event) => this.#onKey(event));
    this.#field.addEventListener("input", () => {
      this.#clearProblem();
      this.#onChange();
    });
    growWithText(this.#field);
    if (!this.#field.value) this.#fill(tabStorage.load("draft") ?? "");
  }

  /** Sends a text as if it came from the field. */
  submit(text) {
    this.#clearProblem();
    this.#send(text);
  }

  /** Returns a text to the field, unless the reader is writing the next message there. */
  reject(text, reason) {
    if (!this.#field.value) this.#fill(text);
    this.#showProblem(reason);
  }

  focus() {
    this.#field.focus();
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.#field.blur();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.#field.form.requestSubmit();
  }

  #submitField() {
    const text = this.#field.value;
    this.focus();
    if (!text.trim()) return this.#showProblem(EMPTY);
    if (this.#charactersLeft < 0) return this.#showProblem(this.#tooLong);
    this.#fill("");
    this.submit(text);
  }

  #fill(text) {
    this.#field.value = text;
    this.#onChange();
  }

  #onChange() {
    const left = this.#charactersLeft;
    this.#remaining.hidden = left > COUNT_FROM;
    this.#remaining.textContent = left < 0 ? this.#tooLong : `${left} left`;
    this.#remaining.toggleAttribute("data-over", left < 0);
    tabStorage.save("draft", this.#field.value);
  }

  get #limit() {
    return Number(this.#field.dataset.limit);
  }

  get #charactersLeft() {
    return this.#limit - [...this.#field.value].length; // characters as the server counts them
  }

  get #tooLong() {
    const excess = -this.#charactersLeft;
    const characters = excess === 1 ? "character" : "characters";
    return `${excess.toLocaleString()} ${characters} too long (limit ${this.#limit.toLocaleString()}).`;
  }

  #showProblem(text) {
    this.#problem.textContent = text;
    this.#field.setAttribute("aria-invalid", "true");
  }

  #clearProblem() {
    this.#problem.textContent = "";
    this.#field.removeAttribute("aria-invalid");
  }
}
