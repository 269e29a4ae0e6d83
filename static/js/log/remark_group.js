/**
 * Several remarks of the robot with nothing between them, folded into one line with a count.
 *
 * However many remarks there are, only the newest are kept. An open group shows a page of remarks
 * at a time and requests those that it did not keep.
 */

import { messagesBefore } from "../page/api.js";
import { cloneTemplate } from "../page/template.js";
import { isRemark } from "./message_kinds.js";
import { createRemarkRow, showTime } from "./message_row.js";
import { dateOf } from "./times.js";

const PAGE_SIZE = 50; // remarks kept, and shown at once

export class RemarkGroup {
  #count = 0;
  #newest = [];
  #shown = null; // the page of remarks that is open

  constructor(message) {
    this.time = message.time;
    this.date = dateOf(message.time);
    this.node = cloneTemplate("remark-group");
    this.first = this.last = message.id;
    const details = this.node.querySelector("details");
    details.addEventListener("toggle", () => {
      if (!details.open) this.#show(null);
      else if (!this.#shown) this.#show(this.#newest);
    });
    this.#button(".earlier").addEventListener("click", () => this.#showEarlier());
    this.#button(".newest").addEventListener("click", () => this.#show(this.#newest));
    this.append(message);
  }

  /** Returns whether a message belongs here, if it comes directly before or after. */
  accepts(message) {
    return isRemark(message) && dateOf(message.time) === this.date;
  }

  append(message) {
    this.last = message.id;
    this.#count += 1;
    this.#newest.push(message);
    if (this.#newest.length > PAGE_SIZE) this.#newest.shift();
    if (this.#shown !== this.#newest) return;
    this.#list.append(createRemarkRow(message));
    if (this.#list.childElementCount > PAGE_SIZE) this.#list.firstElementChild.remove();
  }

  prepend(message) {
    const complete = this.#newest.length === this.#count;
    this.first = message.id;
    this.#count += 1;
    if (!complete || this.#count > PAGE_SIZE) return;
    this.#newest.unshift(message);
    if (this.#shown === this.#newest) this.#list.prepend(createRemarkRow(message));
  }

  /** Opens the group at its newest remarks, which later ones do not push out. Returns the last. */
  openAtLatest() {
    this.#show([...this.#newest]);
    this.node.classList.add("revealed");
    this.node.querySelector("details").open = true;
    return this.#list.lastElementChild;
  }

  /** Updates the line after remarks were added. */
  showSummary() {
    const latest = this.#newest.at(-1);
    this.node.querySelector(".count").textContent = this.#count.toLocaleString();
    this.node.querySelector(".latest").textContent = latest.text;
    showTime(this.node.querySelector("summary time"), latest.time);
    this.#showButtons();
  }

  #show(remarks) {
    this.#shown = remarks;
    this.#list.replaceChildren(...(remarks ?? []).map(createRemarkRow));
    this.#showButtons();
  }

  async #showEarlier() {
    const { messages } = await messagesBefore(this.#shown[0].id, PAGE_SIZE);
    const start = messages.findIndex((message) => message.id === this.first);
    const candidates = messages.slice(Math.max(start, 0));
    const lastOther = candidates.findLastIndex((message) => !isRemark(message));
    this.#show(candidates.slice(lastOther + 1));
  }

  #showButtons() {
    const shown = this.#shown;
    this.#button(".earlier").hidden = !shown?.length || shown[0].id === this.first;
    this.#button(".newest").hidden = !shown || shown === this.#newest;
  }

  get #list() {
    return this.node.querySelector("ol");
  }

  #button(selector) {
    return this.node.querySelector(`button${selector}`);
  }
}
