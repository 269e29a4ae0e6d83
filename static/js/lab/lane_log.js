/** What happened on one lane: its requests, its marks and its figures. */

import { delayOf } from "../delivery/delay.js";
import { framing, sizeOf } from "./wire.js";

const KEPT_DELAYS = 5000;

export class LaneLog {
  /**
   * Requests, oldest first: {method, url, start, end, head, state, latency}. `end` is null while
   * the request is open. `state` is "waiting", "open" (a stream), "answered", "closed" (a stream
   * that was open) or "failed". `latency` is the network's delay in one direction.
   */
  requests = [];
  /** What arrived, oldest first: {at, kind, request, messages, text, latency}; see `page`. */
  marks = [];
  #wire;
  #latency;
  #begin = Infinity; // the first answer; the delay of what is older is that of the page's loading
  #texts = []; // of pages that a stream delivered and the loop has not seen yet

  /**
   * @param {Wire} wire
   * @param {() => number} latency the network's delay in one direction, in milliseconds
   */
  constructor(wire, latency) {
    this.#wire = wire;
    this.#latency = latency;
    this.startFigures();
  }

  /** Begins to count from now on. */
  startFigures() {
    this.figures = {
      since: Date.now(),
      messages: 0,
      requests: 0,
      answers: 0,
      empty: 0,
      up: 0,
      down: 0,
      body: 0,
      delays: [],
    };
  }

  /** The newest request, or undefined. */
  get request() {
    return this.requests.at(-1);
  }

  /** Returns what the generator of a method counts with. */
  meterFor({ name }) {
    return {
      countRequest: (url) => this.#send(name, url),
      countBytes: (bytes, response) => this.#answer(bytes, response),
      countText: (text) => this.#push(name, text),
    };
  }

  #send(method, url) {
    this.lose();
    const head = this.#wire.requestHead(method, url);
    const start = Date.now();
    const latency = this.#latency();
    this.requests.push({ method, url, start, end: null, head, state: "waiting", latency });
    this.figures.requests += 1;
    this.figures.up += head.length;
  }

  #answer(bytes, response) {
    const { request, figures } = this;
    request.responseHead = this.#wire.responseHead(response);
    request.end = Date.now();
    request.state = "answered";
    figures.down += request.responseHead.length;
    figures.body += bytes - request.responseHead.length;
  }

  #push(method, text) {
    const size = sizeOf(text);
    this.figures.body += size;
    this.figures.down += framing(method, size);
    this.#texts.push(text);
  }

  /**
   * Adds the mark of a page. Its kind is "messages", "empty" or "open", when a stream begins.
   */
  page({ messages, next }) {
    const { request, figures } = this;
    const text = this.#texts.shift();
    const isStream = request.state === "waiting" || request.state === "open";
    if (request.state === "waiting") this.#open(request);
    const isOpen = isStream && text === undefined;
    const kind = isOpen ? "open" : messages.length ? "messages" : "empty";
    const at = isStream ? Date.now() : request.end;
    this.#begin = Math.min(this.#begin, at);
    const body = text ?? JSON.stringify({ messages, next, more: false });
    this.#add({ at, kind, request, messages, text: isOpen ? "" : body });
    if (!isOpen) figures.answers += 1;
    if (kind === "empty") figures.empty += 1;
    return messages.map((message) => this.#measure(message));
  }

  #open(request) {
    request.state = "open";
    request.responseHead = this.#wire.streamHead(request.method);
    this.figures.down += request.responseHead.length;
  }

  /** Counts a message and returns its delay, which is NaN while the tab is hidden. */
  #measure(message) {
    const delay = delayOf(message, this.#begin);
    this.figures.messages += 1;
    if (!Number.isNaN(delay)) {
      this.figures.delays.push(delay);
      if (this.figures.delays.length > KEPT_DELAYS) this.figures.delays.shift();
    }
    return delay;
  }

  /** Ends the open request, because its connection was lost or closed. */
  lose() {
    const { request } = this;
    this.#texts = [];
    if (!request || request.end !== null) return;
    request.end = Date.now();
    request.state = request.state === "open" ? "closed" : "failed";
    this.#add({ at: request.end, kind: "failed", request, messages: [], text: "" });
  }

  #add(mark) {
    this.marks.push({ ...mark, latency: this.#latency() });
  }

  /** Forgets the marks and the requests that are not kept. */
  forget(isKept) {
    this.marks = this.marks.filter(({ at }) => isKept(at));
    this.requests = this.requests.filter(({ end }) => end === null || isKept(end));
  }
}
