/**
 * The part of the dialog that is on the page: conversation as rows, the robot's remarks in runs.
 *
 * Rows can be added and dropped at both ends; when, the reader (reader.js) decides.
 */

import { isChatter, quote, rowOf } from "./row.js";
import { Run } from "./remark_group.js";
import { dateOf, day } from "./times.js";

const CLOSE = 5 * 60_000; // milliseconds between two messages that stand together
const RECENT = 1000; // ids remembered, so as to show none of them twice

export class Log {
  #list;
  #isMine;
  #items = [];
  #rows = new Map(); // by id
  #unquoted = new Map(); // rows of replies by the id of what they answer, which is not here
  #recent = new Set();

  /**
   * @param {HTMLElement} list
   * @param {(id: string) => boolean} isMine whether this reader wrote the message
   */
  constructor(list, isMine) {
    this.#list = list;
    this.#isMine = isMine;
  }

  /** How many rows and runs there are. */
  get size() {
    return this.#items.length;
  }

  /** The id of the first message. */
  get first() {
    return this.#items[0]?.first;
  }

  /** The id of the last message, which is the cursor behind it. */
  get last() {
    return this.#items.at(-1)?.last;
  }

  /** The row of a message, if it is here. */
  row(id) {
    return this.#rows.get(id)?.node;
  }

  /** Whether a reply is here, but not what it answers. */
  get wanting() {
    return this.#unquoted.size > 0;
  }

  /** Whether remarks are shown. */
  set chatter(shown) {
    this.#list.classList.toggle("conversation-only", !shown);
    this.#arrange();
  }

  /** Show no messages. */
  clear() {
    this.#items = [];
    this.#rows.clear();
    this.#unquoted.clear();
    this.#recent.clear();
    this.#list.replaceChildren();
  }

  /** Add messages that come after all that are here. Those that are here already do not count. */
  append(messages) {
    const nodes = [];
    const runs = new Set();
    for (const message of messages) {
      if (this.#recent.has(message.id)) continue;
      this.#remember(message.id);
      const last = this.#items.at(-1);
      if (isChatter(message) && last instanceof Run && last.date === dateOf(message.time)) {
        last.append(message);
        runs.add(last);
        continue;
      }
      const item = this.#item(message);
      this.#items.push(item);
      nodes.push(item.node);
      if (item instanceof Run) runs.add(item);
    }
    this.#list.append(...nodes);
    for (const run of runs) run.count();
    if (nodes.length) this.#arrange();
  }

  /** Add messages that come before all that are here. */
  prepend(messages) {
    const nodes = [];
    const runs = new Set();
    for (const message of messages.toReversed()) {
      const first = this.#items[0];
      if (isChatter(message) && first instanceof Run && first.date === dateOf(message.time)) {
        first.prepend(message);
        runs.add(first);
        continue;
      }
      const item = this.#item(message);
      this.#items.unshift(item);
      nodes.unshift(item.node);
      if (item instanceof Run) runs.add(item);
    }
    this.#list.prepend(...nodes);
    for (const run of runs) run.count();
    if (nodes.length) this.#arrange();
  }

  /** Drop the first rows, or the last, until there are no more than `most`. */
  dropFirst(most) {
    if (this.size > most) this.#drop(this.#items.splice(0, this.size - most));
  }

  dropLast(most) {
    if (this.size <= most) return;
    this.#drop(this.#items.splice(most));
    this.#recent.clear(); // they may come again
  }

  #drop(items) {
    for (const { node, first, answers } of items) {
      node.remove();
      this.#rows.delete(first);
      this.#unquoted.delete(answers);
    }
    this.#arrange();
  }

  #item(message) {
    if (isChatter(message)) return new Run(message);
    const { id, time, author, role, text, reply_to: answers } = message;
    const mine = this.#isMine(id);
    const item = {
      node: rowOf(message, mine),
      first: id,
      last: id,
      time,
      date: dateOf(time),
      voice: `${role} ${mine} ${author}`,
      author,
      text,
      answers,
    };
    this.#rows.set(id, item);
    if (answers) this.#quote(item.node, answers);
    for (const row of this.#unquoted.get(id) ?? []) quote(row, item);
    this.#unquoted.delete(id);
    return item;
  }

  #quote(row, id) {
    const answered = this.#rows.get(id);
    if (answered) quote(row, answered);
    else this.#unquoted.set(id, [...(this.#unquoted.get(id) ?? []), row]);
  }

  /** Say where a day begins, and let messages of one person stand together. */
  #arrange() {
    const all = !this.#list.classList.contains("conversation-only");
    let today = "";
    let previous = {};
    for (const item of this.#items) {
      if (item instanceof Run && !all) continue;
      const begins = item.date && item.date !== today;
      const joined =
        !begins && item.voice && item.voice === previous.voice && between(previous, item) < CLOSE;
      const { dataset, classList } = item.node;
      if (begins) dataset.day = day(item.time);
      else delete dataset.day;
      classList.toggle("joined", Boolean(joined));
      if (begins) today = item.date;
      previous = item;
    }
  }

  #remember(id) {
    this.#recent.add(id);
    if (this.#recent.size > RECENT) this.#recent.delete(this.#recent.values().next().value);
  }
}

/** The milliseconds from one item to another. */
const between = (one, other) => Date.parse(other.time) - Date.parse(one.time);
