/** The messages that were written, from whichever lane or record names them first. */

import { writtenAt } from "../delivery/delay.js";

export class Written {
  /** Messages, in the order in which the page learned of them: {id, at}. */
  messages = [];
  #ids = new Set();

  add(messages) {
    for (const message of messages) {
      if (this.#ids.has(message.id)) continue;
      this.#ids.add(message.id);
      this.messages.push({ id: message.id, at: writtenAt(message) });
    }
  }

  /** Forgets the messages that are not kept. */
  forget(isKept) {
    this.messages = this.messages.filter(({ at }) => isKept(at));
  }
}
