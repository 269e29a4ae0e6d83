/**
 * Decides which part of the dialog is in the log: the newest messages, or older ones that are being
 * read. The log has at most a few hundred rows, however long the dialog is.
 *
 * Delivered messages are added while the log ends with the newest one. If older messages push the
 * newest one out, the log loads later ones as the reader scrolls down, until it ends with the
 * newest one again. Rows near the view are never dropped, so that the view has an anchor.
 */

import { newestMessages } from "../page/api.js";
import { loadAfter, loadAround, loadBefore } from "./history.js";

const MAX_ROWS = 200;
const PAGE_ROWS = 100; // added to the log at once
const PAGE_SIZE = 100; // messages
const REMARK_PAGE_SIZE = 500; // messages, where nearly all are remarks, which only raise a count
const MAX_PAGES = 20; // to load at once, even if all of them are remarks
const UNASKED_PAGES = 3; // to load before the reader asks for more, about 50 kB
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
  #allowance = UNASKED_PAGES; // earlier pages to load until the reader asks for more

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
    this.#allowance = UNASKED_PAGES;
    this.#scrollManager.scrollToEnd();
    this.loadNearby();
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

  /**
   * Shows a message in the middle of the view, wherever in the dialog it is. A remark is in a
   * group, which this opens with `opensGroup`.
   * @returns {Promise<HTMLElement | undefined>} its row, unless the reader went elsewhere meanwhile
   * @throws {ApiError} with status 410 if the message no longer exists
   */
  async show(id, { opensGroup = true } = {}) {
    const row = this.#log.row(id) ?? (await this.#loadRow(id, opensGroup));
    if (row) this.#scrollManager.scrollTo(row);
    this.loadNearby();
    return row;
  }

  /**
   * Loads messages where the view is near an end of the log. Only a few pages are loaded until the
   * reader has `asked` for more, or has scrolled away from the newest message.
   */
  async loadNearby({ asked = false } = {}) {
    if (this.atEnd) this.unread = 0;
    if (asked || !this.atEnd) this.#allowance = Infinity;
    this.#dispatchChange();
    if (this.loading) return;
    this.loading = true;
    this.failed = false;
    try {
      for (let pages = MAX_PAGES; pages && this.#allowance && this.#isNearStart; pages--) {
        this.#allowance -= 1;
        await this.#loadEarlier();
      }
      for (let pages = MAX_PAGES; pages && this.#isNearEnd; pages--) await this.#loadLater();
    } catch {
      this.failed = true; // the button for earlier messages offers another attempt
    }
    this.loading = false;
    this.#dispatchChange();
  }

  get #isNearStart() {
    return this.hasEarlier && this.#scrollManager.pixelsAbove < LOAD_MARGIN;
  }

  get #isNearEnd() {
    return !this.#hasNewest && this.#scrollManager.pixelsBelow < LOAD_MARGIN;
  }

  get #pageSize() {
    return this.#mostlyRemarks && this.#allowance === Infinity ? REMARK_PAGE_SIZE : PAGE_SIZE;
  }

  async #loadEarlier() {
    const resets = this.#resets;
    const { first, size } = this.#log;
    const page = await loadBefore(first, this.#pageSize);
    if (resets !== this.#resets || first !== this.#log.first) return;
    let isComplete = true;
    const prepend = () => (isComplete = this.#log.prepend(page.messages, PAGE_ROWS));
    this.#scrollManager.keepPosition(prepend, { follow: this.#hasNewest });
    this.#mostlyRemarks = this.#log.size - size < PAGE_ROWS / 10;
    this.hasEarlier = page.more || !isComplete;
    if (!this.#scrollManager.atEnd) this.#trim();
    this.#dispatchChange();
  }

  async #loadLater() {
    const resets = this.#resets;
    const { last, size } = this.#log;
    const { page, delivered } = await this.#loadEnd(() => loadAfter(last, this.#pageSize));
    if (resets !== this.#resets || last !== this.#log.last) return;
    let isComplete = true;
    const append = () => (isComplete = this.#log.append(page.messages, PAGE_ROWS));
    this.#scrollManager.keepPosition(append, { follow: false });
    this.#mostlyRemarks = this.#log.size - size < PAGE_ROWS / 10;
    this.#hasNewest = !page.more && isComplete;
    if (this.#hasNewest) this.#append(delivered, { follow: false });
    else this.#trim();
    this.#dispatchChange();
  }

  async #loadRow(id, opensGroup) {
    const resets = ++this.#resets;
    const { page, delivered } = await this.#loadEnd(() => loadAround(id, PAGE_SIZE));
    if (resets !== this.#resets || page.index < 0) return undefined;
    this.#log.clear();
    this.#log.append(page.messages.slice(0, page.index + 1));
    const row = this.#log.lastRow({ opensGroup });
    this.#log.append(page.messages.slice(page.index + 1));
    this.hasEarlier = page.hasEarlier;
    this.#hasNewest = !page.hasLater;
    if (this.#hasNewest) this.#log.append(delivered);
    return row;
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
    this.#scrollManager.keepPosition(() => this.#log.append(messages), { follow });
    this.#trim();
  }

  /** Drops rows at the end of the log that is farther from the view. */
  #trim() {
    const excess = this.#log.size - MAX_ROWS;
    if (excess <= 0) return;
    const { pixelsAbove, pixelsBelow } = this.#scrollManager;
    if (pixelsAbove > pixelsBelow) {
      const count = Math.min(excess, this.#scrollManager.countRowsAbove(LOAD_MARGIN));
      this.#scrollManager.keepPosition(() => this.#log.dropFirst(count), { follow: true });
      this.hasEarlier ||= count > 0;
    } else {
      const count = Math.min(excess, this.#scrollManager.countRowsBelow(LOAD_MARGIN));
      this.#log.dropLast(count);
      this.#hasNewest &&= count === 0;
    }
  }

  #dispatchChange() {
    this.dispatchEvent(new Event("change"));
  }
}
