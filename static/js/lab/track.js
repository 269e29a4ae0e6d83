/** Draws one lane on a canvas: the server above, the page below, and time from left to right. */

import { arrowHead, circle, cross, line } from "./shapes.js";

const SERVER = 16; // the height of the server's line in pixels
const PAGE = 66;
const LABELS = 44; // the width of the labels at the left edge
const MARGIN = 18; // between now and the right edge
const REACH = 22; // how far from a mark a click may be
const WIDE = 640; // pixels; a wider canvas shows 60 pixels a second, a narrower one 40
const CROWDED = 20; // pixels for each mark, below which marks are drawn smaller
const SMALL = 0.6;
const RADIUS = 5; // of a mark
const COUNT_RADIUS = 7.5; // of a mark with a number in it
const NEAR = 4; // pixels; marks that are nearer are drawn as one
const NEAR_COUNT = 12; // pixels, from a mark with a number

export class Track extends EventTarget {
  #canvas;
  #context;
  #written;
  #colours = {};

  /**
   * @param {Lane} lane
   * @param {HTMLElement} element contains the canvas and takes the focus
   * @param {Written} written
   */
  constructor(lane, element, written) {
    super();
    this.lane = lane;
    this.#written = written;
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
    const isVisible = ({ at }) => at >= start && at <= now;
    const marks = log.marks.filter(isVisible);
    this.#size = this.#sizeFor(marks);
    this.#dotSize = this.#sizeFor(this.#written.messages.filter(isVisible));
    const context = this.#context;
    context.setTransform(this.#scale, 0, 0, this.#scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.save();
    context.beginPath();
    context.rect(LABELS, 0, width, height);
    context.clip();
    this.#drawGrid(start, now);
    for (const request of log.requests) {
      if ((request.end ?? now) >= start && request.start <= now) this.#drawRequest(request);
    }
    for (const message of this.#written.messages) this.#drawMessage(message, start);
    for (const mark of marks) this.#drawAnswer(mark);
    for (const group of this.#groups(marks)) this.#drawGroup(group);
    if (marks.includes(selected)) this.#drawSelection(selected);
    context.restore();
  }

  #now = 0;
  #span = 1;
  #scale = 1;
  #size = 1; // of the marks
  #dotSize = 1;
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

  #sizeFor({ length }) {
    return this.#width / length < CROWDED ? SMALL : 1;
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
  #drawRequest({ start, end, state, latency }) {
    const context = this.#context;
    const colour = state === "failed" ? this.#colours.bad : this.#colours.method;
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 1.25;
    const last = Math.min(end ?? this.#now, this.#now);
    const sentUntil = Math.min(start + latency, last);
    line(context, this.#x(start), PAGE, this.#x(sentUntil), SERVER);
    arrowHead(context, this.#x(sentUntil), SERVER, -1);
    const from = this.#x(sentUntil);
    context.globalAlpha = state === "failed" ? 0.25 : 0.35;
    context.fillRect(from, SERVER - 3, Math.max(0, this.#x(last) - from), 6);
    context.globalAlpha = 1;
  }

  /** Draws a message where it was written, and its way to the page once it has arrived. */
  #drawMessage({ id, at }, start) {
    const arrival = this.lane.received.get(id)?.at ?? Infinity;
    if (at > this.#now || Math.max(at, arrival) < start) return;
    const context = this.#context;
    context.strokeStyle = context.fillStyle = this.#colours.ink;
    if (arrival <= this.#now) {
      context.globalAlpha = 0.45;
      context.lineWidth = 1;
      line(context, this.#x(at), SERVER, this.#x(Math.max(at, arrival)), PAGE);
      context.globalAlpha = 1;
    }
    circle(context, this.#x(at), SERVER, 3.5 * this.#dotSize);
    context.fill();
  }

  /** Draws the arrow of an answer. A stream answers only once. */
  #drawAnswer({ at, kind, messages, request, latency }) {
    if (kind === "failed" || (request.state !== "answered" && kind !== "empty")) return;
    const context = this.#context;
    const radius = messages.length > 1 ? COUNT_RADIUS : RADIUS * this.#size;
    context.strokeStyle = context.fillStyle = this.#colours.method;
    context.lineWidth = 1.5;
    line(context, this.#x(Math.max(request.start, at - latency)), SERVER, this.#x(at), PAGE);
    arrowHead(context, this.#x(at), PAGE - radius, 1);
  }

  /** Returns the marks in groups. Deliveries that would overlap are one group. */
  #groups(marks) {
    const groups = [];
    for (const { at, kind, messages } of marks) {
      const x = this.#x(at);
      const last = groups.at(-1);
      const near = last?.count > 1 ? NEAR_COUNT : NEAR;
      if (kind === "messages" && last?.kind === kind && x - last.x < near) {
        last.count += messages.length;
      } else groups.push({ x, kind, count: messages.length });
    }
    return groups;
  }

  #drawGroup({ x, kind, count }) {
    const context = this.#context;
    context.strokeStyle = context.fillStyle = this.#colours.method;
    context.lineWidth = 1.5;
    if (kind === "failed") {
      context.strokeStyle = this.#colours.bad;
      cross(context, x, PAGE, 5);
      return;
    }
    circle(context, x, PAGE, count > 1 ? COUNT_RADIUS : RADIUS * this.#size);
    if (kind !== "messages") context.fillStyle = this.#colours.surface;
    context.fill();
    context.stroke();
    if (count > 1) this.#drawCount(count, x);
  }

  #drawSelection({ at }) {
    const context = this.#context;
    context.strokeStyle = this.#colours.ink;
    context.lineWidth = 2;
    circle(context, this.#x(at), PAGE, 11);
    context.stroke();
  }

  #drawCount(count, x) {
    const context = this.#context;
    context.fillStyle = this.#colours.surface;
    context.font = `600 ${count > 99 ? 7 : 9}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(count > 99 ? "99+" : count, x, PAGE + 0.5);
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
