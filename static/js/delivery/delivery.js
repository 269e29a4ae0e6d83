/**
 * The loop that keeps messages coming, with one cursor for all delivery methods.
 *
 * If a method is unavailable, the next one takes over. After a failure the loop waits for a random
 * time whose limit doubles, so that a server that restarts is not flooded.
 */

import { messagesAfter, newestMessages } from "../page/api.js";
import { sleep } from "./sleep.js";

const RESET_SIZE = 50; // messages to load when the dialog was replaced
const TRIES = 2; // before a method counts as unavailable, as the first may have met a restart
const MIN_BACKOFF = 250; // milliseconds
const MAX_BACKOFF = 30_000; // milliseconds
const FRESH = 5_000; // milliseconds after a page in which the connection needs no check

/**
 * Dispatches events with these details:
 * - `page` {page, method, connectedAt}: new messages, or an empty page
 * - `reset` {page}: the dialog was replaced, and these are its newest messages
 * - `state` {state, method, retryAt?}: "connecting", "connected" or "lost"
 */
export class Delivery extends EventTarget {
  #methods;
  #chosen;
  #current;
  #cursor;
  #path;
  #tries = 0;
  #failures = 0;
  #connectedAt = 0;
  #receivedAt = 0;
  #connection = new AbortController();
  #pause = null;

  /**
   * @param {object[]} methods in order of fallback
   * @param {object} chosen the method to start with
   * @param {string} cursor the end of the messages that the page already has
   * @param {string} path of the messages, to find out why a connection failed
   */
  constructor(methods, chosen, cursor, path = "/messages") {
    super();
    this.#methods = methods;
    this.#chosen = this.#current = chosen;
    this.#cursor = cursor;
    this.#path = path;
  }

  /** The method that the reader chose. */
  get chosen() {
    return this.#chosen;
  }

  /** The method in use: the chosen one or a fallback. */
  get current() {
    return this.#current;
  }

  /** Switches to another method. */
  choose(method) {
    this.#chosen = method;
    this.restart();
  }

  /** Opens a new connection at the same cursor, with the chosen method. */
  restart() {
    this.#current = this.#chosen;
    this.#tries = this.#failures = 0;
    this.#connection.abort();
  }

  /** Restarts if the connection may be dead, or if a fallback is in use. */
  check() {
    const fresh = Date.now() - this.#receivedAt <= FRESH;
    if (!fresh || this.#current !== this.#chosen) this.restart();
  }

  /** Closes the connection, because the back button cannot restore a page with an open one. */
  pause() {
    this.#pause ??= Promise.withResolvers();
    this.#connection.abort();
  }

  resume() {
    this.#pause?.resolve();
    this.#pause = null;
  }

  /** Delivers messages as long as the page lives. */
  async run() {
    for (;;) {
      await this.#pause?.promise;
      this.#connection = new AbortController();
      const { signal } = this.#connection;
      try {
        await this.#receive(signal);
      } catch (error) {
        if (signal.aborted) continue;
        await this.#recover(error, signal).catch((failure) => {
          if (!signal.aborted) throw failure;
        });
      }
    }
  }

  async #receive(signal) {
    const method = this.#current;
    const { route, meter } = method;
    this.#connectedAt = 0;
    this.#dispatch("state", { state: "connecting", method });
    for await (const page of method.generate({ route, cursor: this.#cursor, signal, meter })) {
      this.#receivedAt = Date.now();
      if (!this.#connectedAt) {
        this.#connectedAt = this.#receivedAt;
        this.#tries = this.#failures = 0;
        this.#dispatch("state", { state: "connected", method });
      }
      this.#cursor = page.next;
      this.#dispatch("page", { page, method, connectedAt: this.#connectedAt });
    }
  }

  /** Finds out why a connection failed and prepares the next one. */
  async #recover(error, signal) {
    if (error.cursorIsGone) return this.#reset(signal);
    let { retryAfter } = error;
    if (!this.#connectedAt) {
      // A browser hides why a stream was refused, but the response to a plain request says why.
      const reason = await messagesAfter(this.#cursor, 1, this.#path).then(
        () => null,
        (failure) => failure,
      );
      if (reason?.cursorIsGone) return this.#reset(signal);
      if (!reason && this.#tryAgainOrFallBack()) return;
      retryAfter = reason?.retryAfter;
    }
    await this.#backOff(signal, retryAfter);
  }

  /** Selects the next method after two failures. Returns false if no method is left. */
  #tryAgainOrFallBack() {
    this.#tries += 1;
    if (this.#tries < TRIES) return true;
    const fallback = this.#methods[this.#methods.indexOf(this.#current) + 1];
    if (!fallback) return false;
    this.#current = fallback;
    this.#tries = 0;
    return true;
  }

  async #reset(signal) {
    try {
      const page = await newestMessages(RESET_SIZE, this.#path);
      this.#cursor = page.next;
      this.#dispatch("reset", { page });
    } catch {
      await this.#backOff(signal);
    }
  }

  /** Waits for a random time, and at least for `retryAfter` seconds. */
  async #backOff(signal, retryAfter = 0) {
    const limit = Math.min(MAX_BACKOFF, 2000 * 2 ** this.#failures);
    this.#failures += 1;
    const milliseconds = Math.max(MIN_BACKOFF, retryAfter * 1000) + Math.random() * limit;
    const retryAt = Date.now() + milliseconds;
    this.#dispatch("state", { state: "lost", method: this.#current, retryAt });
    await sleep(milliseconds, signal);
    this.#current = this.#chosen;
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
