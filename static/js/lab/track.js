/** Draws one lane on a canvas: the server above, the page below, and time from left to right. */

import { arrowHead, circle, cross, line } from "./shapes.js";

const SERVER = 16; // the height of the server's line in pixels
const PAGE = 66;
const MARGIN = 18; // between now and the right edge
const REACH = 22; // how far from a mark a click may be
const WIDE = 640; // pixels; a wider canvas shows 60 pixels a second, a narrower one 40
const CROWDED = 20; // pixels for each mark, below which marks are drawn smaller
const SMALL = 0.6;

export class Track extends EventTarget {
  #canvas;
  #context;
  #latency;
  #colours = {};

  /**
   * @param {Lane} lane
   * @param {HTMLElement} element contains the canvas and takes the focus
   * @param {() => number} latency the network's delay in one direction, in milliseconds
   */
  constructor(lane, element, latency) {
    super();
    this.lane = lane;
    this.#latency = latency;
    this.#canvas = element.querySelector("canvas");
    this.#context = this.#canvas.getContext("2d");
    new ResizeObserver(() => this.#fit()).observe(this.#canvas);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => this.#fit());
    }
    element.addEventListener("click", (event) => this.#pick(event));
    element.addEventListener("keydown", (event) => this.#step(event));
  }

  /** Draws the time until `now`. Does nothing while the lane is out of sight. */
  draw(now, selected) {
    this.#now = now;
    const { width, height } = this.#canvas;
    if (!width || !this.#canvas.checkVisibility()) return;
    const { log } = this.lane;
    const start = now - this.#span;
    const marks = log.marks.filter(({ at }) => at >= start && at <= now);
    this.#size = this.#width / marks.length < CROWDED ? SMALL : 1;
    this.#context.setTransform(this.#scale, 0, 0, this.#scale, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    this.#drawGrid(start, now);
    for (const request of log.requests) {
      if ((request.end ?? now) >= start && request.start <= now) this.#drawRequest(request);
    }
    for (const message of log.messages) if (message.at >= start) this.#drawMessage(message);
    for (const mark of marks) this.#drawMark(mark, mark === selected);
  }

  #now = 0;
  #span = 1;
  #scale = 1;
  #size = 1; // of the marks
  #width = 0;

  #fit() {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#scale = devicePixelRatio;
    this.#width = clientWidth;
    this.#canvas.width = clientWidth * this.#scale;
    this.#canvas.height = clientHeight * this.#scale;
    this.#span = (1000 * clientWidth) / (clientWidth > WIDE ? 60 : 40);
    const style = getComputedStyle(this.#canvas);
    for (const name of ["method", "ink", "line", "muted", "bad", "surface"]) {
      this.#colours[name] = style.getPropertyValue(`--${name}`);
    }
  }

  #x(time) {
    return this.#width - MARGIN - (this.#now - time) * (this.#width / this.#span);
  }

  #drawGrid(start, now) {
    const context = this.#context;
    context.lineWidth = 1;
    context.strokeStyle = this.#colours.line;
    for (let second = Math.ceil(start / 1000); second * 1000 <= now; second += 1) {
      line(context, this.#x(second * 1000), 4, this.#x(second * 1000), PAGE + 12);
    }
    context.strokeStyle = this.#colours.muted;
    line(context, 0, SERVER, this.#width, SERVER);
    line(context, 0, PAGE, this.#width, PAGE);
  }

  /** Draws the arrow of a request, and a bar for as long as the page waits or a stream is open. */
  #drawRequest({ start, end, state }) {
    const context = this.#context;
    const colour = state === "failed" ? this.#colours.bad : this.#colours.method;
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 1.25;
    const last = Math.min(end ?? this.#now, this.#now);
    const sentUntil = Math.min(start + this.#latency(), last);
    line(context, this.#x(start), PAGE, this.#x(sentUntil), SERVER);
    arrowHead(context, this.#x(sentUntil), SERVER, -1);
    const from = this.#x(sentUntil);
    context.globalAlpha = state === "failed" ? 0.25 : 0.35;
    context.fillRect(from, SERVER - 3, Math.max(0, this.#x(last) - from), 6);
    context.globalAlpha = 1;
  }

  /** Draws a message where it was written, and its way to the page. */
  #drawMessage({ writtenAt, at }) {
    const context = this.#context;
    context.strokeStyle = context.fillStyle = this.#colours.ink;
    context.globalAlpha = 0.45;
    context.lineWidth = 1;
    line(context, this.#x(writtenAt), SERVER, this.#x(at), PAGE);
    context.globalAlpha = 1;
    circle(context, this.#x(writtenAt), SERVER, 3.5 * this.#size);
    context.fill();
  }

  #drawMark({ at, kind, messages, request }, isSelected) {
    const context = this.#context;
    const x = this.#x(at);
    context.strokeStyle = context.fillStyle = this.#colours.method;
    context.lineWidth = 1.5;
    if (kind === "failed") {
      context.strokeStyle = this.#colours.bad;
      cross(context, x, PAGE, 5);
    } else {
      if (request.state === "answered" || kind === "empty") {
        line(context, Math.max(this.#x(request.start), this.#x(at - this.#latency())), SERVER, x, PAGE);
        arrowHead(context, x, PAGE, 1);
      }
      circle(context, x, PAGE, messages.length > 1 ? 7.5 : 5 * this.#size);
      if (kind !== "messages") context.fillStyle = this.#colours.surface;
      context.fill();
      context.stroke();
      if (messages.length > 1) this.#drawCount(messages.length, x);
    }
    if (!isSelected) return;
    context.strokeStyle = this.#colours.ink;
    context.lineWidth = 2;
    circle(context, x, PAGE, 11);
    context.stroke();
  }

  #drawCount(count, x) {
    const context = this.#context;
    context.fillStyle = this.#colours.surface;
    context.font = "600 9px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(count > 99 ? "∞" : count, x, PAGE + 0.5);
  }

  #pick({ clientX }) {
    const x = clientX - this.#canvas.getBoundingClientRect().left;
    let nearest = null;
    let least = REACH;
    for (const mark of this.lane.log.marks) {
      const distance = Math.abs(this.#x(mark.at) - x);
      if (mark.at <= this.#now && distance <= least) [nearest, least] = [mark, distance];
    }
    if (!nearest) return;
    this.dispatchEvent(new CustomEvent("pick", { detail: { mark: nearest, lane: this.lane } }));
  }

  #step(event) {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("step", { detail: { direction } }));
  }
}
