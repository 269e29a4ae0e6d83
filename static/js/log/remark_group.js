/**
 * A run of the robot's remarks with nothing between them: one line that counts up.
 *
 * However long it grows, only its newest remarks are kept. Opened, it shows a page of remarks at a
 * time, and fetches those that it did not keep.
 */

import { messagesBefore } from "../page/api.js";
import { isChatter, remarkOf, showTime } from "./row.js";
import { fromTemplate } from "../page/templates.js";
import { dateOf } from "./times.js";

const PAGE = 50; // remarks kept, and shown at once

export class Run {
  #count = 0;
  #newest = []; // the remarks kept
  #shown = null; // the page of remarks that is open, or nothing

  constructor(message) {
    this.time = message.time;
    this.date = dateOf(message.time);
    this.node = fromTemplate("run");
    this.first = this.last = message.id;
    const details = this.node.querySelector("details");
    details.addEventListener("toggle", () => this.#show(details.open ? this.#newest : null));
    this.#button(".earlier").addEventListener("click", () => this.#showEarlier());
    this.#button(".newest").addEventListener("click", () => this.#show(this.#newest));
    this.append(message);
  }

  /** One more remark, the newest. */
  append(message) {
    this.last = message.id;
    this.#count += 1;
    this.#newest.push(message);
    if (this.#newest.length > PAGE) this.#newest.shift();
    if (this.#shown !== this.#newest) return;
    const list = this.node.querySelector("ol");
    list.append(remarkOf(message));
    if (list.childElementCount > PAGE) list.firstElementChild.remove();
  }

  /** One more remark, older than all that are here. */
  prepend(message) {
    const complete = this.#newest.length === this.#count;
    this.first = message.id;
    this.#count += 1;
    if (!complete || this.#count > PAGE) return;
    this.#newest.unshift(message);
    if (this.#shown === this.#newest) this.node.querySelector("ol").prepend(remarkOf(message));
  }

  /** Show how many there are, after some were added. */
  count() {
    const newest = this.#newest.at(-1);
    this.node.querySelector(".count").textContent = this.#count.toLocaleString();
    this.node.querySelector(".latest").textContent = newest.text;
    showTime(this.node.querySelector("summary time"), newest.time);
    this.#offer();
  }

  #show(remarks) {
    this.#shown = remarks;
    this.node.querySelector("ol").replaceChildren(...(remarks ?? []).map(remarkOf));
    this.#offer();
  }

  async #showEarlier() {
    const { messages } = await messagesBefore(this.#shown[0].id, PAGE);
    const start = messages.findIndex((message) => message.id === this.first);
    const ours = messages.slice(Math.max(start, 0));
    this.#show(ours.slice(ours.findLastIndex((message) => !isChatter(message)) + 1));
  }

  /** Offer the pages beside the one that is shown. */
  #offer() {
    const shown = this.#shown;
    this.#button(".earlier").hidden = !shown?.length || shown[0].id === this.first;
    this.#button(".newest").hidden = !shown || shown === this.#newest;
  }

  #button(selector) {
    return this.node.querySelector(`button${selector}`);
  }
}
