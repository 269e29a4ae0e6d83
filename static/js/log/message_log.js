/**
 * The part of the dialog that is on the page: a row for each message, and groups of remarks.
 *
 * Entries are added and dropped at both ends. The paginator decides when.
 */

import { isRemark } from "./message_kinds.js";
import { createMessageRow, showQuote } from "./message_row.js";
import { RemarkGroup } from "./remark_group.js";
import { dateOf, formatDay } from "./times.js";

const JOIN_WITHIN = 5 * 60_000; // milliseconds between two messages of one author
const RECENT_IDS = 1000; // remembered, so that a message delivered twice is shown once

export class MessageLog {
  #list;
  #isMine;
  #entries = [];
  #rows = new Map(); // by id
  #unquoted = new Map(); // rows of replies, by the id of the message that they answer
  #recentIds = new Set();

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

  /** Whether a reply is here, but not the message that it answers. */
  get hasUnquotedReplies() {
    return this.#unquoted.size > 0;
  }

  /** Returns the row of a message, or undefined. */
  row(id) {
    return this.#rows.get(id)?.node;
  }

  toggleRemarks(visible) {
    this.#list.classList.toggle("conversation-only", !visible);
    this.#markDaysAndJoins();
  }

  clear() {
    this.#entries = [];
    this.#rows.clear();
    this.#unquoted.clear();
    this.#recentIds.clear();
    this.#list.replaceChildren();
  }

  /** Adds messages after all others, except those that are here already. */
  append(messages) {
    const nodes = [];
    const groups = new Set();
    for (const message of messages) {
      if (this.#recentIds.has(message.id)) continue;
      this.#remember(message.id);
      let entry = this.#entries.at(-1);
      if (belongsTo(entry, message)) {
        entry.append(message);
      } else {
        entry = this.#createEntry(message);
        this.#entries.push(entry);
        nodes.push(entry.node);
      }
      if (entry instanceof RemarkGroup) groups.add(entry);
    }
    this.#list.append(...nodes);
    this.#update(nodes, groups);
  }

  /** Adds messages before all others. */
  prepend(messages) {
    const nodes = [];
    const groups = new Set();
    for (const message of messages.toReversed()) {
      let entry = this.#entries[0];
      if (belongsTo(entry, message)) {
        entry.prepend(message);
      } else {
        entry = this.#createEntry(message);
        this.#entries.unshift(entry);
        nodes.unshift(entry.node);
      }
      if (entry instanceof RemarkGroup) groups.add(entry);
    }
    this.#list.prepend(...nodes);
    this.#update(nodes, groups);
  }

  /** Drops the first entries, so that at most `limit` are left. */
  trimStart(limit) {
    if (this.size > limit) this.#drop(this.#entries.splice(0, this.size - limit));
  }

  /** Drops the last entries, so that at most `limit` are left. */
  trimEnd(limit) {
    if (this.size <= limit) return;
    this.#drop(this.#entries.splice(limit));
    this.#recentIds.clear(); // the dropped messages may come back
  }

  #drop(entries) {
    for (const { node, first, answers } of entries) {
      node.remove();
      this.#rows.delete(first);
      this.#unquoted.delete(answers);
    }
    this.#markDaysAndJoins();
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
      author,
      text,
      answers,
    };
    this.#rows.set(id, entry);
    if (answers) this.#quote(entry.node, answers);
    for (const row of this.#unquoted.get(id) ?? []) showQuote(row, entry);
    this.#unquoted.delete(id);
    return entry;
  }

  #quote(row, id) {
    const answered = this.#rows.get(id);
    if (answered) showQuote(row, answered);
    else this.#unquoted.set(id, [...(this.#unquoted.get(id) ?? []), row]);
  }

  #update(nodes, groups) {
    for (const group of groups) group.showSummary();
    if (nodes.length) this.#markDaysAndJoins();
  }

  /** Marks the first entry of each day, and joins messages that one author wrote in a row. */
  #markDaysAndJoins() {
    const hidesRemarks = this.#list.classList.contains("conversation-only");
    let date = "";
    let previous = {};
    for (const entry of this.#entries) {
      if (hidesRemarks && entry instanceof RemarkGroup) continue;
      const startsDay = entry.date && entry.date !== date;
      const { dataset, classList } = entry.node;
      if (startsDay) dataset.day = formatDay(entry.time);
      else delete dataset.day;
      classList.toggle("joined", !startsDay && continues(entry, previous));
      if (startsDay) date = entry.date;
      previous = entry;
    }
  }

  #remember(id) {
    this.#recentIds.add(id);
    if (this.#recentIds.size > RECENT_IDS) {
      this.#recentIds.delete(this.#recentIds.values().next().value);
    }
  }
}

const belongsTo = (entry, message) => entry instanceof RemarkGroup && entry.accepts(message);

/** Returns whether an entry is from the author of the previous one and shortly after it. */
function continues(entry, previous) {
  const sameSpeaker = Boolean(entry.speaker) && entry.speaker === previous.speaker;
  return sameSpeaker && Date.parse(entry.time) - Date.parse(previous.time) < JOIN_WITHIN;
}
