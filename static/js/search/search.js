/** The search field over the messages. Enter shows the next older match, Shift+Enter the newer. */

import { formatDay, formatTime } from "../log/times.js";
import { DateJump } from "./date_jump.js";
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
   * @param {(id: string, options?: object) => Promise<HTMLElement | undefined>} show shows a
   *     message in the log
   * @param {(message: object) => boolean} isShown tells whether the reader sees such messages
   */
  constructor(form, button, show, isShown) {
    this.#form = form;
    this.#field = form.elements.search;
    this.#status = form.querySelector("[role=status]");
    this.#button = button;
    this.#show = show;
    this.#isShown = isShown;
    const showDay = (id) => show(id, { opensGroup: false });
    new DateJump(form.elements.date, (text) => this.#showStatus(text), showDay);
    button.addEventListener("click", () => (form.hidden ? this.#open() : this.close()));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("keydown", (event) => this.#onKey(event));
    form.addEventListener("click", ({ target }) => this.#onClick(target.closest("button")?.value));
    this.#field.addEventListener("input", () => this.#showStatus(""));
  }

  close() {
    this.#stop();
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
    if (text && text !== this.#text) this.#start(text);
    else if (!text || this.#isBusy) return;
    const matches = this.#matches;
    this.#isBusy = true;
    this.#showStatus("Searching …");
    try {
      await this.#showMatch(Math.max(this.#index + step, -1));
    } catch (error) {
      if (matches === this.#matches) this.#showError(error);
    }
    if (matches === this.#matches) this.#isBusy = false;
  }

  #start(text) {
    this.#stop();
    this.#text = text;
    this.#matches = new Matches(text, this.#isShown);
    this.#index = -1;
  }

  #stop() {
    this.#matches?.stop();
    this.#matches = undefined;
    this.#text = "";
    this.#isBusy = false;
  }

  async #showMatch(index) {
    const matches = this.#matches;
    const match = index < 0 ? undefined : await matches.at(index);
    if (matches !== this.#matches) return;
    if (!match) return this.#showStatus(this.#endText(index));
    this.#index = index;
    const row = await this.#show(match.id);
    if (matches !== this.#matches) return;
    if (!row) return this.#showStatus("");
    highlightText(row.querySelector(".text"), this.#text);
    const day = formatDay(match.time);
    this.#showStatus(`Match ${index + 1}: ${match.author}, ${day} ${formatTime(match.time)}`);
  }

  #endText(index) {
    if (this.#index < 0) return "Nothing found.";
    return index < 0 ? "No newer matches." : "No older matches.";
  }

  #showError(error) {
    if (error.cursorIsGone) this.#stop(); // the next attempt starts at the newest message
    this.#showStatus(error.status ? error.message : FAILED);
  }

  #showStatus(text) {
    this.#status.textContent = text;
  }
}
