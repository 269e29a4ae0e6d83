/**
 * Counts what each lane missed and received twice, for each fault.
 *
 * The ids decide. Messages have an order, so a lane missed a message for certain once it has
 * received a later one. Until then the message is on its way.
 */

import { showText } from "../page/show_text.js";
import { formatDuration } from "./figures.js";

export class Ledger {
  #lanes;
  #table;
  #ids = []; // of all messages, in their order
  #rows = new Map(); // by fault: {begin, end}
  #current = null;

  constructor(lanes, table) {
    this.#lanes = lanes;
    this.#table = table;
  }

  /** Begins to count for a fault, and ends counting for the one before. */
  begin(fault) {
    this.finish();
    this.#rows.set(fault, { begin: this.#ids.length, end: null });
    this.#current = fault;
    this.show();
  }

  /** Ends counting for the current fault. What was written until now belongs to it. */
  finish() {
    const row = this.#rows.get(this.#current);
    if (row) row.end = this.#ids.length;
    this.#current = null;
  }

  /** Adds the ids of messages that were written. */
  add(ids) {
    this.#ids.push(...ids);
  }

  show() {
    for (const [fault, row] of this.#rows) {
      if (row.isDone) continue;
      const results = this.#lanes.map((lane) => this.#check(lane, row));
      results.forEach((result, index) => this.#showCell(fault, this.#lanes[index], result));
      row.isDone = row.end !== null && results.every(({ underWay }) => !underWay);
      const element = this.#table.querySelector(`[data-fault="${fault}"]`);
      element.dataset.state = row.isDone ? "done" : "running";
    }
  }

  /** Returns how many messages of a row a lane missed, received twice, and still expects. */
  #check({ received }, { begin, end }) {
    const ids = this.#ids.slice(begin, end ?? this.#ids.length);
    const last = this.#ids.findLastIndex((id) => received.has(id)) - begin;
    const result = { missed: 0, twice: 0, underWay: 0, latest: NaN, count: ids.length };
    ids.forEach((id, index) => {
      const { times = 0, delay } = received.get(id) ?? {};
      if (!times && index < last) result.missed += 1;
      if (!times && index > last) result.underWay += 1;
      if (times > 1) result.twice += 1;
      if (delay > (result.latest || 0)) result.latest = delay;
    });
    return result;
  }

  #showCell(fault, { method }, { missed, twice, underWay, latest, count }) {
    const cell = this.#table.querySelector(`[data-fault="${fault}"] [data-method="${method.name}"]`);
    Object.assign(cell.dataset, { missed, twice, underWay, count });
    const way = underWay ? `, ${underWay} on the way` : "";
    showText(cell.querySelector("b"), `missed ${missed}, twice ${twice}${way}`);
    showText(cell.querySelector("small"), count ? `${count} messages, up to ${formatDuration(latest)} late` : "");
  }
}
