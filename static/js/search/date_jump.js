/** The field that leads to the first message of a day. */

import { fetchPage } from "../page/api.js";

const NONE = "There is nothing from that day on.";
const FAILED = "The messages could not be loaded. Try again.";

export class DateJump {
  #field;
  #showStatus;

  /**
   * @param {(text: string) => void} showStatus
   * @param {(id: string) => Promise<unknown>} show shows a message in the log
   */
  constructor(field, showStatus, show) {
    this.#field = field;
    this.#showStatus = showStatus;
    field.addEventListener("change", async () => {
      if (!field.validity.valid || !field.value) return;
      const id = await this.#find();
      if (id) show(id);
    });
  }

  /** Returns the id of the first message of the day, or undefined. */
  async #find() {
    const since = new Date(`${this.#field.value}T00:00`).toISOString(); // midnight of the reader
    this.#showStatus("");
    try {
      const { messages } = await fetchPage("/messages", { since, limit: 1 });
      if (!messages.length) this.#showStatus(NONE);
      return messages[0]?.id;
    } catch (error) {
      this.#showStatus(error.status ? error.message : FAILED);
      return undefined;
    }
  }
}
