/** Notifies of replies to the reader while the page is hidden, if the reader turned that on. */

import { isMine } from "../composer/mine.js";
import { loadSetting, saveSetting } from "./settings.js";

export class Notifier {
  #button;

  constructor(button) {
    this.#button = button;
    if ("Notification" in window) {
      button.addEventListener("click", () => this.#toggle());
      this.#showState();
    } else {
      button.hidden = true;
    }
  }

  notify(messages) {
    if (!document.hidden || !this.#enabled) return;
    for (const { author, text, reply_to: id } of messages) {
      if (id && isMine(id)) this.#show(`${author} replied to you`, text);
    }
  }

  get #enabled() {
    if (!("Notification" in window)) return false;
    return loadSetting("notify") === "yes" && Notification.permission === "granted";
  }

  async #toggle() {
    const enable = !this.#enabled && (await Notification.requestPermission()) === "granted";
    saveSetting("notify", enable ? "yes" : "no");
    this.#showState();
  }

  #showState() {
    this.#button.setAttribute("aria-pressed", String(this.#enabled));
  }

  #show(title, body) {
    try {
      new Notification(title, { body, tag: "reply" });
    } catch {
      this.#button.hidden = true; // on phones only a service worker may notify
    }
  }
}
