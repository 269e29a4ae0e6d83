/** The search field over the messages. Enter shows the next older match, Shift+Enter the newer. */

import { formatDay, formatTime } from "../log/times.js";
import { clearHighlight, highlightText } from "./highlight_text.js";
import { Matches } from "./matches.js";

const FAILED = "The search failed. Try again.";

export class Search {
  #form;
  #field;
  #status;
  #button;
  #show;
  #isShown;
  #text = "";
  #matches;
  #index = -1;
  #isBusy = false;

  /**
   * @param {(id: string) => Promise<HTMLElement | undefined>} show shows a message in the log
   * @param {(message: object) => boolean} isShown tells whether the reader sees such messages
   */
  constructor(form, button, show, isShown) {
    this.#form = form;
    this.#field = form.elements.search;
    this.#status = form.querySelector("[role=status]");
    this.#button = button;
    this.#show = show;
    this.#isShown = isShown;
    button.addEventListener("click", () => (form.hidden ? this.#open() : this.close()));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("keydown", (event) => this.#onKey(event));
    form.addEventListener("click", ({ target }) => this.#onClick(target.closest("button")?.value));
    this.#field.addEventListener("input", () => this.#showStatus(""));
  }

  close() {
    this.#form.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
    this.#showStatus("");
    clearHighlight();
    this.#button.focus();
  }

  #open() {
    this.#form.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    this.#field.focus();
    this.#field.select();
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // it closes only the search
      this.close();
    } else if (event.key === "Enter" && event.target === this.#field) {
      event.preventDefault();
      this.#move(event.shiftKey ? -1 : 1);
    }
  }

  #onClick(value) {
    if (value === "older") this.#move(1);
    if (value === "newer") this.#move(-1);
    if (value === "close") this.close();
  }

  /** Shows the next match in a direction: 1 is older, -1 is newer. */
  async #move(step) {
    const text = this.#field.value.trim();
    if (!text || this.#isBusy) return;
    if (text !== this.#text || !this.#matches) this.#start(text);
    this.#isBusy = true;
    this.#showStatus("Searching …");
    try {
      await this.#showMatch(Math.max(this.#index + step, -1));
    } catch (error) {
      this.#matches = null;
      this.#showStatus(error.status ? error.message : FAILED);
    }
    this.#isBusy = false;
  }

  #start(text) {
    this.#text = text;
    this.#matches = new Matches(text, this.#isShown);
    this.#index = -1;
  }

  async #showMatch(index) {
    const match = index < 0 ? undefined : await this.#matches.at(index);
    if (!match) return this.#showStatus(this.#endText(index));
    this.#index = index;
    const row = await this.#show(match.id);
    if (!row || this.#form.hidden) return this.#showStatus("");
    highlightText(row.querySelector(".text"), this.#text);
    const day = formatDay(match.time);
    this.#showStatus(`Match ${index + 1}: ${match.author}, ${day} ${formatTime(match.time)}`);
  }

  #endText(index) {
    if (this.#index < 0) return "Nothing found.";
    return index < 0 ? "No newer matches." : "No older matches.";
  }

  #showStatus(text) {
    this.#status.textContent = text;
  }
}
