/** The form: Enter sends, Shift+Enter starts a new line, and problems appear above the field. */

import { needsEdit } from "./outbox.js";

const EMPTY = "Write a message first.";
const NOT_SENT = "Your message was not sent. You can try again above.";
const COUNT_FROM = 200; // characters left

export class Composer {
  #field;
  #problem;
  #remaining;
  #send;

  /** @param {(text: string) => Promise<void>} send */
  constructor(form, send) {
    this.#field = form.elements.new_message;
    this.#problem = form.querySelector("#problem");
    this.#remaining = form.querySelector("#remaining");
    this.#send = send;

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submitField();
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.#field.addEventListener("input", () => {
      this.clearProblem();
      this.#countRemaining();
    });
  }

  /** Sends a text as if it came from the field. */
  async submit(text) {
    this.clearProblem();
    try {
      await this.#send(text);
    } catch (error) {
      if (!needsEdit(error)) return this.#showProblem(NOT_SENT);
      // The text goes back into the field, unless the reader is writing the next message there.
      if (!this.#field.value) this.#fill(text);
      this.#showProblem(error.message);
    }
  }

  clearProblem() {
    this.#problem.textContent = "";
    this.#field.removeAttribute("aria-invalid");
  }

  #submitField() {
    const text = this.#field.value;
    this.#field.focus();
    if (!text.trim()) return this.#showProblem(EMPTY);
    this.#fill("");
    this.submit(text);
  }

  #fill(text) {
    this.#field.value = text;
    this.#countRemaining();
  }

  #countRemaining() {
    const remaining = Number(this.#field.dataset.limit) - [...this.#field.value].length;
    this.#remaining.hidden = remaining > COUNT_FROM;
    this.#remaining.textContent = remaining.toLocaleString();
    this.#remaining.toggleAttribute("data-over", remaining < 0);
  }

  #showProblem(text) {
    this.#problem.textContent = text;
    this.#field.setAttribute("aria-invalid", "true");
  }
}
