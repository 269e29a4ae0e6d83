/** A live region in which screen readers announce the connection and new messages. */

const LIMIT = 5; // announcements kept, and messages read out one by one

export class Announcer {
  #region;

  constructor(region) {
    this.#region = region;
  }

  announce(text) {
    const line = document.createElement("p");
    line.textContent = text;
    this.#region.append(line);
    if (this.#region.childElementCount > LIMIT) this.#region.firstElementChild.remove();
  }

  /** Announces new messages: each of them, or only their number if there are many. */
  announceMessages(messages) {
    if (messages.length > LIMIT) this.announce(`${messages.length} new messages`);
    else for (const { author, text } of messages) this.announce(`${author}: ${text}`);
  }
}
