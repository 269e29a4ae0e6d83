/**
 * Decides which part of the dialog is in the log: the newest messages, or older ones that are being
 * read. The log has at most a few hundred rows, however long the dialog is.
 *
 * Delivered messages are added while the log ends with the newest one. If older messages push the
 * newest one out, the log loads later ones as the reader scrolls down, until it ends with the
 * newest one again.
 */

import { messagesAfter, messagesBefore, newestMessages } from "../page/api.js";

const MAX_ROWS = 200;
const PAGE_SIZE = 100; // messages
const REMARK_PAGE_SIZE = 500; // messages, where nearly all are remarks, which only raise a count
const MAX_PAGES = 20; // to load at once, even if all of them are remarks
const LOAD_MARGIN = 600; // pixels from an end of the log where more is loaded
const NEWEST_SIZE = 50; // messages to show after a jump to the newest

/** Dispatches `change` when one of its public properties may have changed. */
export class Paginator extends EventTarget {
  #log;
  #scrollManager;
  #hasNewest = true;
  #resets = 0; // a response to a request from before a reset is dropped
  #recorders = new Set(); // arrays that collect what is delivered while the end is requested
  #mostlyRemarks = false; // whether the last page had few messages of the conversation

  /** Whether there are messages before the first one in the log. */
  hasEarlier = false;

  /** The number of new messages in the conversation that the reader has not seen. */
  unread = 0;

  /** Whether messages are being loaded. */
  loading = false;

  /** Whether the last attempt to load messages failed. */
  failed = false;

  constructor(log, scrollManager) {
    super();
    this.#log = log;
    this.#scrollManager = scrollManager;
  }

  /** Whether the newest messages are in view. */
  get atEnd() {
    return this.#hasNewest && this.#scrollManager.atEnd;
  }

  /** Replaces the messages in the log by the newest ones. */
  reset(messages) {
    this.#resets += 1;
    this.#log.clear();
    this.#log.append(messages);
    this.#hasNewest = true;
    this.hasEarlier = messages.length > 0;
    this.#scrollManager.scrollToEnd();
    this.loadNearby({ eager: this.#log.hasUnquotedReplies });
  }

  /** Adds delivered messages. `unread` of them are new to the reader. */
  deliver(messages, unread) {
    for (const recorder of this.#recorders) recorder.push(...messages);
    if (!this.atEnd) this.unread += unread;
    if (this.#hasNewest) this.#append(messages, { follow: true });
    this.#dispatchChange();
  }

  async jumpToNewest() {
    if (!this.#hasNewest) {
      const { page, delivered } = await this.#loadEnd(() => newestMessages(NEWEST_SIZE));
      this.reset(page.messages);
      this.#append(delivered, { follow: true });
    }
    this.#scrollManager.scrollToEnd();
    this.loadNearby();
  }

  /** Loads messages where the view is near an end of the log. `eager` loads a page in any case. */
  async loadNearby({ eager = false } = {}) {
    if (this.atEnd) this.unread = 0;
    this.#dispatchChange();
    if (this.loading) return;
    this.loading = true;
    this.failed = false;
    try {
      for (let pages = MAX_PAGES; pages && this.hasEarlier; pages--) {
        if (!eager && this.#scrollManager.pixelsAbove >= LOAD_MARGIN) break;
        await this.#loadEarlier();
        eager = false;
      }
      while (!this.#hasNewest && this.#scrollManager.pixelsBelow < LOAD_MARGIN) {
        await this.#loadLater();
      }
    } catch {
      this.failed = true; // the button for earlier messages offers another attempt
    }
    this.loading = false;
    this.#dispatchChange();
  }

  /** Returns the row of a message. Loads earlier pages for it; undefined if it is too far back. */
  async loadRow(id) {
    for (let pages = MAX_PAGES; pages && this.hasEarlier && !this.#log.row(id); pages--) {
      await this.#loadEarlier();
    }
    return this.#log.row(id);
  }

  async #loadEarlier() {
    const resets = this.#resets;
    const { first, size } = this.#log;
    const limit = this.#mostlyRemarks ? REMARK_PAGE_SIZE : PAGE_SIZE;
    let page = await messagesBefore(first, limit);
    while (page.more && !page.messages.length) page = await messagesBefore(page.next, limit);
    if (resets !== this.#resets || first !== this.#log.first) return;
    const prepend = () => {
      this.#log.prepend(page.messages);
      if (!this.#scrollManager.atEnd) this.#trim();
    };
    this.#scrollManager.keepPosition(prepend, { follow: this.#hasNewest });
    this.#mostlyRemarks = this.#log.size - size < PAGE_SIZE / 10;
    this.hasEarlier = page.more;
    this.#dispatchChange();
  }

  async #loadLater() {
    const resets = this.#resets;
    const { page, delivered } = await this.#loadEnd(() => messagesAfter(this.#log.last, PAGE_SIZE));
    if (resets !== this.#resets) return;
    this.#append(page.messages, { follow: false });
    if (page.more) return;
    this.#hasNewest = true;
    this.#append(delivered, { follow: false });
  }

  /** Loads a page that may be the last one, and collects what is delivered meanwhile. */
  async #loadEnd(load) {
    const delivered = [];
    this.#recorders.add(delivered);
    try {
      return { page: await load(), delivered };
    } finally {
      this.#recorders.delete(delivered);
    }
  }

  #append(messages, { follow }) {
    const append = () => {
      this.#log.append(messages);
      this.#trim();
    };
    this.#scrollManager.keepPosition(append, { follow });
  }

  /** Drops rows at the end of the log that is farther from the view. */
  #trim() {
    if (this.#log.size <= MAX_ROWS) return;
    if (this.#scrollManager.pixelsAbove > this.#scrollManager.pixelsBelow) {
      this.#log.trimStart(MAX_ROWS);
      this.hasEarlier = true;
    } else {
      this.#log.trimEnd(MAX_ROWS);
      this.#hasNewest = false;
    }
  }

  #dispatchChange() {
    this.dispatchEvent(new Event("change"));
  }
}
