/**
 * Keeps messages coming: one loop and one cursor around the four ways of transports.js.
 *
 * Where a way is not to be had, the next simpler one takes its place. A lost connection is tried
 * again, after a time that grows and is spread by chance, so that a server that restarts is not
 * overrun; at once, when the page is looked at again or the network is back.
 */

import { after, newest } from "../page/api.js";
import { events, longPolling, polling, webSocket } from "./methods.js";
import { sleep } from "./page_queue.js";

/** The ways by name; each falls back to the one after it. */
export const WAYS = { websocket: webSocket, events, "long-polling": longPolling, polling };

const NAMES = Object.keys(WAYS);
const SHOWN = 50; // messages of a log loaded anew
const TRIES = 2; // before a way counts as not to be had: the first may have met a restart
const LONGEST_BACKOFF = 30_000; // milliseconds
const ASLEEP = 10_000; // milliseconds that a clock which ticks every two seconds cannot leave out
const FRESH = 5_000; // heard from so lately, a connection needs no check

/**
 * Events, each with a `detail`:
 * - `page` {page, way, since}: messages, or the sign that the connection stands, `since` when
 * - `anew` {page}: the dialog is another one now; these are its newest messages
 * - `state` {state, way, retryAt?}: connecting, connected, lost
 */
export class Delivery extends EventTarget {
  #cursor;
  #meters;
  #chosen;
  #way;
  #misses = 0;
  #failures = 0;
  #opened = 0; // when the present connection came to stand
  #heard = 0;
  #turn = new AbortController();
  #paused = null;

  /**
   * @param {string} cursor where the page's own messages end
   * @param {string} way the name of the way to start with
   * @param {object} meters by way, what counts its requests and bytes
   */
  constructor(cursor, way, meters) {
    super();
    this.#cursor = cursor;
    this.#meters = meters;
    this.#chosen = this.#way = way;
  }

  /** The way that was asked for; the present one may be a simpler one. */
  get chosen() {
    return this.#chosen;
  }

  /** Change to another way, from the next message on. */
  choose(way) {
    this.#chosen = way;
    this.restart();
  }

  /** Begin a new connection, from the same cursor, in the way that was asked for. */
  restart() {
    this.#way = this.#chosen;
    this.#misses = this.#failures = 0;
    this.#turn.abort();
  }

  /** The page is back from sleep or from a hidden tab: is the connection still good? */
  wake() {
    if (Date.now() - this.#heard > FRESH || this.#way !== this.#chosen) this.restart();
  }

  /** Let go of the connection, as an open one keeps a page from being kept for the back button. */
  pause() {
    let resume;
    const until = new Promise((resolve) => (resume = resolve));
    this.#paused ??= { until, resume };
    this.#turn.abort();
  }

  /** Go on after a pause. */
  resume() {
    this.#paused?.resume();
    this.#paused = null;
  }

  /** Deliver, for as long as the page lives. */
  async run() {
    for (;;) {
      await this.#paused?.until;
      this.#turn = new AbortController();
      const { signal } = this.#turn;
      try {
        await this.#listen(signal);
      } catch (error) {
        if (signal.aborted) continue;
        await this.#recover(error, signal).catch((failure) => {
          if (!signal.aborted) throw failure;
        });
      }
    }
  }

  async #listen(signal) {
    const way = this.#way;
    this.#opened = 0;
    this.#tell("state", { state: "connecting", way });
    for await (const page of WAYS[way]({ cursor: this.#cursor, signal, meter: this.#meters[way] })) {
      this.#heard = Date.now();
      if (!this.#opened) {
        this.#opened = this.#heard;
        this.#misses = this.#failures = 0;
        this.#tell("state", { state: "connected", way });
      }
      this.#cursor = page.next;
      this.#tell("page", { page, way, since: this.#opened });
    }
  }

  /** Find out what went wrong, and be ready for the next turn. */
  async #recover(error, signal) {
    if (error.gone) return this.#anew(signal);
    if (!this.#opened) {
      // A stream cannot say why it was refused, but a plain request can.
      const problem = await after(this.#cursor, 1).then(() => null, (reason) => reason);
      if (problem?.gone) return this.#anew(signal);
      if (!problem && this.#simpler()) return;
    }
    await this.#backOff(signal);
  }

  /** The server is there, but this way is not: another try, then the next way, if there is one. */
  #simpler() {
    this.#misses += 1;
    if (this.#misses < TRIES) return true;
    const next = NAMES[NAMES.indexOf(this.#way) + 1];
    if (!next) return false;
    this.#way = next;
    this.#misses = 0;
    return true;
  }

  async #anew(signal) {
    try {
      const page = await newest(SHOWN);
      this.#cursor = page.next;
      this.#tell("anew", { page });
    } catch {
      await this.#backOff(signal);
    }
  }

  async #backOff(signal) {
    const longest = Math.min(LONGEST_BACKOFF, 2000 * 2 ** this.#failures);
    this.#failures += 1;
    const milliseconds = 250 + Math.random() * longest;
    const retryAt = Date.now() + milliseconds;
    this.#tell("state", { state: "lost", way: this.#way, retryAt });
    await sleep(milliseconds, signal);
    this.#way = this.#chosen;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Wake and pause a delivery with the page that it serves. */
export function followPage(delivery) {
  addEventListener("online", () => delivery.restart());
  addEventListener("offline", () => delivery.restart());
  document.addEventListener("visibilitychange", () => document.hidden || delivery.wake());
  let last = Date.now();
  setInterval(() => {
    if (Date.now() - last > ASLEEP) delivery.wake(); // this machine slept
    last = Date.now();
  }, 2000);
  addEventListener("pagehide", () => delivery.pause());
  addEventListener("pageshow", () => delivery.resume());
}
