/**
 * A run of the robot's remarks with nothing between them: one line that counts up.
 *
 * However long it grows, only its newest remarks are kept. Opened, it shows a page of remarks at a
 * time, and fetches those that it did not keep.
 */

import { before } from "./api.js";
import { isChatter, remarkOf, showTime } from "./row.js";
import { fromTemplate } from "./templates.js";
import { day } from "./times.js";

const PAGE = 50; // remarks kept, and shown at once

export class Run {
  #count = 0;
  #newest = []; // the remarks kept
  #shown = null; // the page of remarks that is open, or nothing
  #first;

  constructor(message) {
    this.day = day(message.time);
    this.node = fromTemplate("run");
    this.#first = this.last = message.id;
    const details = this.node.querySelector("details");
    details.addEventListener("toggle", () => this.#show(details.open ? this.#newest : null));
    this.#button(".earlier").addEventListener("click", () => this.#showEarlier());
    this.#button(".newest").addEventListener("click", () => this.#show(this.#newest));
    this.append(message);
  }

  /** The id of the first remark. */
  get first() {
    return this.#first;
  }

  /** One more remark, the newest. */
  append(message) {
    const following = this.#shown === this.#newest;
    this.last = message.id;
    this.#newest.push(message);
    if (this.#newest.length > PAGE) this.#newest.shift();
    this.#countTo(this.#count + 1);
    this.node.querySelector(".latest").textContent = message.text;
    showTime(this.node.querySelector("summary time"), message.time);
    if (!following) return;
    const list = this.node.querySelector("ol");
    list.append(remarkOf(message));
    if (list.childElementCount > PAGE) list.firstElementChild.remove();
    this.#offer();
  }

  /** One more remark, older than all that are here. */
  prepend(message) {
    const complete = this.#newest.length === this.#count;
    this.#first = message.id;
    if (complete && this.#count < PAGE) this.#newest.unshift(message);
    this.#countTo(this.#count + 1);
    if (this.#shown) this.#show(this.#shown);
  }

  #countTo(count) {
    this.#count = count;
    this.node.querySelector(".count").textContent = count.toLocaleString();
  }

  #show(remarks) {
    this.#shown = remarks;
    this.node.querySelector("ol").replaceChildren(...(remarks ?? []).map(remarkOf));
    this.#offer();
  }

  async #showEarlier() {
    const { messages } = await before(this.#shown[0].id, PAGE);
    const start = messages.findIndex((message) => message.id === this.#first);
    const ours = messages.slice(Math.max(start, 0));
    this.#show(ours.slice(ours.findLastIndex((message) => !isChatter(message)) + 1));
  }

  /** Offer the pages beside the one that is shown. */
  #offer() {
    const shown = this.#shown;
    this.#button(".earlier").hidden = !shown?.length || shown[0].id === this.#first;
    this.#button(".newest").hidden = !shown || shown === this.#newest;
  }

  #button(selector) {
    return this.node.querySelector(`button${selector}`);
  }
}
