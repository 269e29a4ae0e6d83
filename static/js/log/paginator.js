/**
 * Decides which part of the dialog is on the page: the newest messages, or older ones that are
 * being read. It is never more than some hundred rows, however long the dialog or the day.
 *
 * While it ends with the newest message it is attached, and what is delivered is added. When older
 * messages push the newest out it is detached: then it reads on as the reader scrolls down, until
 * it arrives at the end.
 */

import { messagesAfter, messagesBefore, newestMessages } from "../page/api.js";

const MOST = 200; // rows
const PAGE = 100; // messages read at once
const LONG_PAGE = 500; // where remarks fill the pages and only make a number grow
const BUDGET = 20; // pages read for one turn of the wheel, though nothing but remarks be found
const NEAR = 600; // pixels from an end at which more is read
const SHOWN = 50; // messages after a jump to the newest

/** Tells of a `change` of what can be asked of it. */
export class Reader extends EventTarget {
  #log;
  #scroll;
  #attached = true;
  #beginnings = 0; // how often the log began anew: what was read for an older one does not count
  #listening = new Set(); // lists of what is delivered while the end is being read
  #dull = false; // whether the last page had hardly anything but remarks

  /** Whether there is anything before what is shown. */
  hasEarlier = false;

  /** How many messages of the conversation are new below what is in view. */
  unread = 0;

  /** Whether more is being read, and whether that failed. */
  reading = false;
  failed = false;

  constructor(log, scroll) {
    super();
    this.#log = log;
    this.#scroll = scroll;
  }

  /** Whether the newest messages are in view. */
  get atEnd() {
    return this.#attached && this.#scroll.atEnd;
  }

  /** Show these messages instead of all that are there. */
  begin(messages) {
    this.#beginnings += 1;
    this.#log.clear();
    this.#log.append(messages);
    this.#attached = true;
    this.hasEarlier = messages.length > 0;
    this.#scroll.toEnd();
    this.scrolled(this.#log.wanting);
  }

  /** Take in what was delivered; `talk` of these messages belong to the conversation. */
  deliver(messages, talk) {
    for (const heard of this.#listening) heard.push(...messages);
    if (!this.atEnd) this.unread += talk;
    if (this.#attached) this.#append(messages, true);
    this.#changed();
  }

  /** Go to the newest messages. */
  async jump() {
    if (!this.#attached) {
      const { page, heard } = await this.#readEnd(() => newestMessages(SHOWN));
      this.begin(page.messages);
      this.#append(heard, true);
    }
    this.toEnd();
  }

  /** Show the last of what is here. */
  toEnd() {
    this.#scroll.toEnd();
    this.scrolled();
  }

  /**
   * The reader has scrolled or asks for more: read more at either end, while it is near.
   * @param {boolean} eager whether to read earlier messages once in any case
   */
  async scrolled(eager = false) {
    if (this.atEnd) this.unread = 0;
    this.#changed();
    if (this.reading) return;
    this.reading = true;
    this.failed = false;
    try {
      let budget = BUDGET;
      while (budget-- && this.hasEarlier && (eager || this.#scroll.above < NEAR)) {
        await this.#readEarlier();
        eager = false;
      }
      while (!this.#attached && this.#scroll.below < NEAR) await this.#readLater();
    } catch {
      this.failed = true; // a lost connection is shown elsewhere, and the button is still there
    }
    this.reading = false;
    this.#changed();
  }

  /** Read back until the row of a message is here, if that is not too far; resolves to it. */
  async find(id) {
    for (let budget = BUDGET; budget && this.hasEarlier && !this.#log.row(id); budget--) {
      await this.#readEarlier();
    }
    return this.#log.row(id);
  }

  async #readEarlier() {
    const beginning = this.#beginnings;
    const { first, size } = this.#log;
    const page = await messagesBefore(first, this.#dull ? LONG_PAGE : PAGE);
    if (beginning !== this.#beginnings || first !== this.#log.first) return;
    this.#scroll.keep(() => {
      this.#log.prepend(page.messages);
      if (!this.#scroll.atEnd) this.#trim();
    }, this.#attached);
    this.#dull = this.#log.size - size < PAGE / 10;
    this.hasEarlier = page.more;
    this.#changed();
  }

  async #readLater() {
    const beginning = this.#beginnings;
    const { page, heard } = await this.#readEnd(() => messagesAfter(this.#log.last, PAGE));
    if (beginning !== this.#beginnings) return;
    this.#append(page.messages, false);
    if (page.more) return;
    this.#attached = true;
    this.#append(heard, false);
  }

  /** Read a page that may be the last, and hear what is delivered until it is here. */
  async #readEnd(read) {
    const heard = [];
    this.#listening.add(heard);
    try {
      return { page: await read(), heard };
    } finally {
      this.#listening.delete(heard);
    }
  }

  #append(messages, follow) {
    this.#scroll.keep(() => {
      this.#log.append(messages);
      this.#trim();
    }, follow);
  }

  /** Keep the log short, at the end that is farther from what is in view. */
  #trim() {
    if (this.#log.size <= MOST) return;
    if (this.#scroll.above > this.#scroll.below) {
      this.#log.dropFirst(MOST);
      this.hasEarlier = true;
    } else {
      this.#log.dropLast(MOST);
      this.#attached = false;
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
