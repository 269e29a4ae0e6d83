/** Shows whether the robot is online, which means that it wrote something in the last seconds. */

import { formatTime } from "../log/times.js";
import { showText } from "./show_text.js";

const PATIENCE = 5000; // milliseconds; the robot makes a remark every second

export class RobotPresence {
  #element;
  #lastTime; // of the robot's last message, as the server wrote it
  #receivedAt = 0; // when that message arrived
  #connectedAt = 0; // 0 while not connected

  /** @param {string} [lastTime] the time of the robot's last message on the page */
  constructor(element, delivery, lastTime) {
    this.#element = element;
    this.#lastTime = lastTime;
    delivery.addEventListener("state", ({ detail }) => {
      this.#connectedAt = detail.state === "connected" ? Date.now() : 0;
    });
    delivery.addEventListener("page", ({ detail }) => this.#receive(detail.page.messages));
    setInterval(() => this.#show(), 500);
  }

  #receive(messages) {
    const last = messages.findLast(({ role }) => role === "robot");
    if (!last) return;
    this.#receivedAt = Date.now();
    this.#lastTime = last.time;
    this.#show();
  }

  #show() {
    const now = Date.now();
    const online = now - this.#receivedAt < PATIENCE;
    const justConnected = now - this.#connectedAt < PATIENCE;
    // Without a connection, or just after connecting, silence says nothing about the robot.
    this.#element.hidden = !this.#connectedAt || (!online && justConnected);
    this.#element.dataset.online = online;
    const time = formatTime(this.#lastTime);
    const offline = time ? `Robot offline since ${time}` : "Robot offline";
    showText(this.#element, online ? "Robot online" : offline);
  }
}
