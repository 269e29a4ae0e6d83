/**
 * Notifies the reader of messages while the page is hidden: of replies, or of all messages.
 *
 * Only messages of the conversation count, not the remarks of the robot.
 */

import { isMine } from "../composer/mine.js";
import { loadSetting, saveSetting } from "./settings.js";

const SETTING = "notify";
const CHOICES = ["off", "replies", "all"];
const BLOCKED =
  "Your browser blocks notifications from this page. Allow them in the settings of this site, " +
  "beside the address. Then choose again.";
const UNDECIDED = "Your browser has not allowed notifications. Choose again and allow them.";

export class Notifier {
  #menu;
  #button;

  /** @param {HTMLElement} menu the choices, a popover of `button` */
  constructor(menu, button) {
    this.#menu = menu;
    this.#button = button;
    button.hidden = !("Notification" in window);
    if (button.hidden) return;
    menu.addEventListener("change", ({ target }) => this.#choose(target.value));
    menu.addEventListener("beforetoggle", () => this.#place());
    this.#showChoice();
  }

  notify(messages) {
    if (!document.hidden || this.#button.hidden) return;
    const choice = this.#choice;
    for (const { author, text, reply_to: answered } of messages) {
      const isReply = Boolean(answered) && isMine(answered);
      if (isReply && choice !== "off") this.#show(`${author} replied to you`, text);
      else if (choice === "all") this.#show(author, text);
    }
  }

  get #choice() {
    if (Notification.permission !== "granted") return "off";
    const stored = loadSetting(SETTING);
    if (stored === "yes") return "replies"; // as earlier versions stored it
    return CHOICES.includes(stored) ? stored : "off";
  }

  async #choose(choice) {
    saveSetting(SETTING, choice);
    const permission = choice === "off" ? "" : await Notification.requestPermission();
    const hints = { denied: BLOCKED, default: UNDECIDED };
    this.#menu.querySelector("#notify-hint").textContent = hints[permission] ?? "";
    this.#showChoice();
  }

  #showChoice() {
    const choice = this.#choice;
    this.#menu.querySelector(`input[value="${choice}"]`).checked = true;
    this.#button.classList.toggle("on", choice !== "off");
  }

  #place() {
    const { right, bottom } = this.#button.getBoundingClientRect();
    this.#menu.style.top = `${bottom}px`;
    this.#menu.style.right = `${document.documentElement.clientWidth - right}px`;
  }

  #show(title, body) {
    try {
      new Notification(title, { body, tag: "message" });
    } catch {
      this.#button.hidden = true; // on phones only a service worker may notify
    }
  }
}
