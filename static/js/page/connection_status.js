/** Shows whether new messages arrive and, if not, when the next attempt to connect is. */

import { showText } from "./show_text.js";

export class ConnectionStatus {
  #element;
  #announcer;
  #state = "connecting";
  #retryAt = 0;

  constructor(element, delivery, announcer) {
    this.#element = element;
    this.#announcer = announcer;
    delivery.addEventListener("state", ({ detail }) => this.#change(detail));
    setInterval(() => this.#show(), 500);
  }

  #change({ state, retryAt }) {
    const before = this.#state;
    if (before === "lost" && state === "connecting") return; // stays lost until it is connected
    if (before === "connected" && state === "lost") this.#announcer.announce("Connection lost.");
    if (before === "lost" && state === "connected") this.#announcer.announce("Reconnected.");
    this.#state = state;
    this.#retryAt = retryAt;
    this.#element.dataset.state = state;
    this.#show();
  }

  #show() {
    showText(this.#element, this.#text);
  }

  get #text() {
    if (this.#state === "connecting") return "Connecting …";
    if (this.#state === "connected") return "Connected";
    if (!navigator.onLine) return "Offline";
    const seconds = Math.ceil((this.#retryAt - Date.now()) / 1000);
    return `Reconnecting in ${Math.max(1, seconds)} s`;
  }
}
