/** Shows the request and the answer of a mark as text, below its lane. */

import { cloneTemplate } from "../page/template.js";
import { formatDuration } from "./figures.js";
import { curlLine } from "./wire.js";

const COPIED = 2000; // milliseconds for which the button says so

const KINDS = {
  messages: (mark) =>
    mark.messages.length === 1 ? "One message arrived" : `${mark.messages.length} messages arrived`,
  empty: () => "An empty answer arrived",
  open: () => "The stream opened",
  failed: () => "The connection was lost or closed",
};

export class MarkDetail {
  #element = cloneTemplate("mark-detail");

  constructor() {
    this.#find("close").addEventListener("click", () => this.#close());
    this.#find("copy").addEventListener("click", () => this.#copy());
  }

  /** Shows a mark of a lane, and returns a sentence about it. */
  show(mark, lane) {
    const { request } = mark;
    const after = formatDuration(mark.at - request.start);
    const sentence = `${lane.method.title}: ${KINDS[mark.kind](mark)}, ${after} after the request.`;
    this.#find("title").textContent = sentence;
    this.#find("request").textContent = request.head.trimEnd();
    this.#find("answer").textContent = answerOf(mark);
    this.#find("curl").textContent = curlLine(request.method, request.url);
    const place = lane.element.querySelector(".lane-detail");
    if (this.#element.parentNode !== place) place.append(this.#element);
    return sentence;
  }

  /** Removes the detail, and leaves the focus in its lane. */
  #close() {
    const lane = this.#element.closest(".lane");
    this.#element.remove();
    lane.querySelector(".track").focus({ preventScroll: true });
  }

  #find(name) {
    return this.#element.querySelector(`[data-part="${name}"]`);
  }

  async #copy() {
    const button = this.#find("copy");
    try {
      await navigator.clipboard.writeText(this.#find("curl").textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(this.#find("curl"));
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), COPIED);
  }
}

/** Returns what arrived: the head of the response, unless it came earlier, and the data. */
function answerOf({ kind, request, text }) {
  if (kind === "failed") return "Nothing more arrived on this connection.";
  if (request.state === "answered" || kind === "open") {
    return `${request.responseHead.trimEnd()}\n\n${text}`;
  }
  return text.trimEnd();
}
