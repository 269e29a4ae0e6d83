/** The messages on the page, each once, the newest last. */

import { messageOf, rowOf } from "./row.js";

const MOST = 200; // rows; older ones leave

export class Log {
  #list;
  #scroller;
  #isMine;

  constructor(list, scroller, isMine) {
    this.#list = list;
    this.#scroller = scroller;
    this.#isMine = isMine;
    const messages = [...list.querySelectorAll(".message")].map(messageOf);
    this.reset(messages);
  }

  /** Show these messages instead of those that are there. */
  reset(messages) {
    this.#list.replaceChildren();
    this.append(messages);
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Show these messages below those that are there. */
  append(messages) {
    const rows = messages.map((message) => rowOf(message, this.#isMine(message)));
    this.#list.append(...rows);
    while (this.#list.childElementCount > MOST) this.#list.firstElementChild.remove();
  }
}
