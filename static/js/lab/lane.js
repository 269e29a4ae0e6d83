/** One lane: a delivery method with a loop, a cursor and a log of its own. */

import { Delivery } from "../delivery/delivery.js";
import { GENERATORS } from "../delivery/methods.js";
import { LaneLog } from "./lane_log.js";

export class Lane {
  state = "connecting";
  /** Each message that arrived, by id: {times, delay, at}. */
  received = new Map();
  #delivery;
  #written;

  /**
   * @param {object[]} methods in order of fallback: {name, title, route, position}
   * @param {object} method the one that this lane shows
   * @param {object} options
   * @param {string} options.root the prefix of the routes
   * @param {string} options.cursor
   * @param {Wire} options.wire
   * @param {Written} options.written
   * @param {() => number} options.interval the milliseconds between two polls
   * @param {() => number} options.latency the network's delay in one direction, in milliseconds
   */
  constructor(methods, method, { root, cursor, wire, written, interval, latency }) {
    this.method = method;
    this.log = new LaneLog(wire, latency);
    this.#written = written;
    const own = methods.map((each) => ({
      ...each,
      route: root + each.route,
      meter: this.log.meterFor(each),
      generate: (options) => GENERATORS[each.name]({ ...options, interval }),
    }));
    const chosen = own.find(({ name }) => name === method.name);
    this.#delivery = new Delivery(own, chosen, cursor, `${root}/messages`);
    this.#delivery.addEventListener("state", ({ detail }) => this.#change(detail.state));
    this.#delivery.addEventListener("page", ({ detail }) => this.#receive(detail.page));
  }

  /** The method in use: the lane's own or a fallback. */
  get current() {
    return this.#delivery.current;
  }

  get usesFallback() {
    return this.#delivery.current !== this.#delivery.chosen;
  }

  run() {
    this.#delivery.run();
  }

  /** Connects again with the lane's own method. */
  restart() {
    this.log.lose();
    this.#delivery.restart();
  }

  /** Closes the connection, as a browser does with a tab that sleeps. */
  sleep() {
    this.state = "asleep";
    this.log.lose();
    this.#delivery.pause();
  }

  wake() {
    this.#delivery.resume();
  }

  #change(state) {
    if (state !== "connected") this.log.lose();
    this.state = state;
  }

  #receive(page) {
    const delays = this.log.page(page);
    this.#written.add(page.messages);
    page.messages.forEach(({ id }, index) => {
      const times = (this.received.get(id)?.times ?? 0) + 1;
      this.received.set(id, { times, delay: delays[index], at: Date.now() });
    });
  }
}
