/**
 * The line above the first message that is new to the reader, and the button that leads to it.
 *
 * A message counts as seen if it was in the log while the page was visible and at its end. The
 * browser remembers the last one.
 */

import { settings } from "../page/settings.js";
import { isRemark } from "./message_kinds.js";
import { dateOf, formatDay, formatTime } from "./times.js";

export class UnreadLine {
  #log;
  #paginator;
  #button;
  #scroller;
  // The id of the last message of the conversation, and the time of the last message of all.
  #newest = {};
  #seen = {};

  /** @param {(id: string) => void} show shows a message in the log */
  constructor(log, paginator, { scroller, button }, show) {
    this.#log = log;
    this.#paginator = paginator;
    this.#scroller = scroller;
    this.#button = button;
    const [id, time] = settings.loadList("seen");
    this.#seen = { id, time };
    log.markUnreadAfter(time);
    button.addEventListener("click", () => {
      button.hidden = true;
      show(id);
    });
    paginator.addEventListener("change", () => this.#noteSeen());
    document.addEventListener("visibilitychange", () => {
      this.#noteSeen();
      settings.saveList("seen", [this.#seen.id, this.#seen.time]);
    });
  }

  /** Takes the messages of a new page. Offers the way back to the last one seen before. */
  start(messages) {
    const { id, time } = this.#seen;
    const isNew = (message) => !isRemark(message) && message.time > time;
    this.#button.hidden = !id || !time || !messages.some(isNew);
    this.#button.querySelector("span").textContent = `New since ${describe(time)}`;
    this.deliver(messages);
  }

  /** Takes messages that were added to the log. */
  deliver(messages) {
    const last = messages.findLast((message) => !isRemark(message));
    this.#newest = { id: last?.id ?? this.#newest.id, time: messages.at(-1)?.time };
    if (this.#isReading) this.#noteSeen();
    else this.#log.markUnreadAfter(this.#seen.time);
  }

  /** Removes the line, since whoever writes has read. */
  clear() {
    this.#log.markUnreadAfter(undefined);
    this.#button.hidden = true;
  }

  get #isReading() {
    return !document.hidden && this.#paginator.atEnd;
  }

  #noteSeen() {
    const { id = this.#seen.id, time } = this.#newest;
    if (this.#isReading && time) this.#seen = { id, time };
    if (!this.#button.hidden && this.#isLineInView) this.#button.hidden = true;
  }

  get #isLineInView() {
    const row = this.#scroller.querySelector(".unread");
    return row?.getBoundingClientRect().top >= this.#scroller.getBoundingClientRect().top;
  }
}

/** 8:30 AM, Yesterday 8:30 AM */
function describe(time) {
  const isToday = dateOf(time) === dateOf(new Date());
  return isToday ? formatTime(time) : `${formatDay(time)} ${formatTime(time)}`;
}
