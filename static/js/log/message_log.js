/**
 * The part of the dialog that is on the page: a row for each message, and groups of remarks.
 *
 * Entries are added and dropped at both ends. The paginator decides when.
 */

import { isRemark } from "./message_kinds.js";
import { createMessageRow, showQuote } from "./message_row.js";
import { Quotes } from "./quotes.js";
import { RemarkGroup } from "./remark_group.js";
import { markRows } from "./row_marks.js";
import { dateOf } from "./times.js";

const RECENT_IDS = 1000; // remembered, so that a message delivered twice is shown once

export class MessageLog {
  #list;
  #isMine;
  #entries = [];
  #rows = new Map(); // entries of the conversation, by id
  #quotes = new Quotes((id) => this.#rows.get(id));
  #recentIds = new Set();
  #seenUntil;

  /**
   * @param {HTMLElement} list
   * @param {(id: string) => boolean} isMine tells whether this reader wrote a message
   */
  constructor(list, isMine) {
    this.#list = list;
    this.#isMine = isMine;
  }

  /** The number of rows and groups. */
  get size() {
    return this.#entries.length;
  }

  /** The id of the first message. */
  get first() {
    return this.#entries[0]?.first;
  }

  /** The id of the last message, which is also the cursor after it. */
  get last() {
    return this.#entries.at(-1)?.last;
  }

  /** The text of the reader's last message here. */
  get lastOwnText() {
    return this.#entries.findLast(({ mine }) => mine)?.text;
  }

  /** Returns the row of a message of the conversation, or undefined. */
  row(id) {
    return this.#rows.get(id)?.node;
  }

  /** Returns the author and the text of a message of the conversation, or undefined. */
  message(id) {
    return this.#rows.get(id);
  }

  /** Shows what the replies in another list answer, which is below the log. */
  showQuotesIn(list) {
    for (const row of list.children) {
      const { replyTo } = row.dataset;
      if (replyTo) this.#quotes.add(row, replyTo);
      const isFirst = row === list.firstElementChild;
      row.classList.toggle("answers-previous", isFirst && replyTo === this.last);
    }
    this.#quotes.loadMissing();
  }

  toggleRemarks(visible) {
    this.#list.classList.toggle("conversation-only", !visible);
    this.#markRows();
  }

  /** Marks the first message of the conversation after this time as unread. */
  markUnreadAfter(time) {
    this.#seenUntil = time;
    this.#markRows();
  }

  clear() {
    this.#entries = [];
    this.#rows.clear();
    this.#recentIds.clear();
    this.#list.replaceChildren();
  }

  /**
   * Adds messages after all others, except those that are here already. Stops before it adds more
   * than `maxRows` rows. Returns whether it added all messages.
   */
  append(messages, maxRows = Infinity) {
    const isNew = ({ id }) => !this.#recentIds.has(id);
    const added = { nodes: [], groups: new Set() };
    for (const message of messages.filter(isNew)) {
      let entry = this.#entries.at(-1);
      if (belongsTo(entry, message)) {
        entry.append(message);
      } else {
        if (added.nodes.length === maxRows) break;
        entry = this.#createEntry(message);
        this.#entries.push(entry);
        added.nodes.push(entry.node);
      }
      this.#remember(message.id);
      if (entry instanceof RemarkGroup) added.groups.add(entry);
    }
    this.#list.append(...added.nodes);
    this.#update(added);
    return !messages.some(isNew);
  }

  /**
   * Adds messages before all others, the last ones first. Stops before it adds more than `maxRows`
   * rows. Returns whether it added all messages.
   */
  prepend(messages, maxRows = Infinity) {
    const added = { nodes: [], groups: new Set() };
    let isComplete = true;
    for (const message of messages.toReversed()) {
      let entry = this.#entries[0];
      if (belongsTo(entry, message)) {
        entry.prepend(message);
      } else {
        isComplete = added.nodes.length < maxRows;
        if (!isComplete) break;
        entry = this.#createEntry(message);
        this.#entries.unshift(entry);
        added.nodes.unshift(entry.node);
      }
      if (entry instanceof RemarkGroup) added.groups.add(entry);
    }
    this.#list.prepend(...added.nodes);
    this.#update(added);
    return isComplete;
  }

  /** Returns the row of the last message. A remark has none in a closed group. */
  lastRow({ opensGroup }) {
    const entry = this.#entries.at(-1);
    return opensGroup && entry instanceof RemarkGroup ? entry.openAtLatest() : entry?.node;
  }

  dropFirst(count) {
    this.#drop(this.#entries.splice(0, count));
  }

  dropLast(count) {
    this.#drop(this.#entries.splice(this.size - count));
    this.#recentIds.clear(); // the dropped messages may come back
  }

  #drop(entries) {
    for (const { node, first } of entries) {
      node.remove();
      this.#rows.delete(first);
    }
    this.#markRows();
  }

  #createEntry(message) {
    if (isRemark(message)) return new RemarkGroup(message);
    const { id, time, author, role, text, reply_to: answers } = message;
    const mine = this.#isMine(id);
    const entry = {
      node: createMessageRow(message, mine),
      first: id,
      last: id,
      time,
      date: dateOf(time),
      speaker: `${role} ${mine} ${author}`,
      mine,
      isFromOthers: !mine,
      author,
      text,
      answers,
    };
    this.#rows.set(id, entry);
    return entry;
  }

  #update({ nodes, groups }) {
    for (const group of groups) group.showSummary();
    if (!nodes.length) return;
    this.#markRows();
    for (const row of nodes) if (row.dataset.replyTo) this.#quotes.add(row, row.dataset.replyTo);
    this.#quotes.loadMissing();
  }

  #markRows() {
    const hidesRemarks = this.#list.classList.contains("conversation-only");
    const isShown = (entry) => !hidesRemarks || !(entry instanceof RemarkGroup);
    markRows(this.#entries.filter(isShown), this.#seenUntil);
  }

  #remember(id) {
    this.#recentIds.add(id);
    if (this.#recentIds.size > RECENT_IDS) {
      this.#recentIds.delete(this.#recentIds.values().next().value);
    }
  }
}

const belongsTo = (entry, message) => entry instanceof RemarkGroup && entry.accepts(message);
