/** The figures of a lane, for each message, so that lanes can be compared at any moment. */

import { showText } from "../page/show_text.js";

/** Returns the figures that are shown, from what a lane counted. */
export function figuresOf({ messages, requests, answers, empty, up, down, body, delays }) {
  const sorted = delays.toSorted((a, b) => a - b);
  const perMessage = (total) => (messages ? total / messages : 0);
  return {
    messages,
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    requests: perMessage(requests),
    empty: answers ? empty / answers : 0,
    up: perMessage(up),
    down: perMessage(down),
    body: perMessage(body),
    bytes: perMessage(up + down + body),
  };
}

function quantile(sorted, share) {
  return sorted[Math.ceil(share * sorted.length) - 1];
}

/** Shows the figures of all lanes. The bars have one scale. */
export function showFigures(lanes) {
  const figures = lanes.map(({ log }) => figuresOf(log.figures));
  const most = Math.max(1, ...figures.map(({ bytes }) => bytes));
  lanes.forEach((lane, index) => show(lane.element, figures[index], most));
}

function show(element, figures, most) {
  const none = !figures.messages;
  const texts = {
    median: formatDuration(figures.median),
    p95: formatDuration(figures.p95),
    requests: none ? "–" : figures.requests.toFixed(2),
    empty: `${Math.round(100 * figures.empty)} %`,
    bytes: none ? "–" : formatBytes(figures.bytes),
  };
  for (const [name, text] of Object.entries(texts)) {
    const shown = element.querySelector(`[data-figure="${name}"]`);
    showText(shown, text);
    shown.dataset.value = figures[name] ?? "";
  }
  for (const part of ["up", "down", "body"]) {
    const bar = element.querySelector(`[data-part="${part}"]`);
    bar.style.width = `${(100 * figures[part]) / most}%`;
  }
  const parts = ["up", "down", "body"].map((part) => `${formatBytes(figures[part])} ${part}`).join(", ");
  showText(element.querySelector("[data-figure=parts]"), none ? "" : parts);
}

const formatBytes = (bytes) => `${Math.round(bytes).toLocaleString("en")} B`;

export function formatDuration(milliseconds) {
  if (milliseconds === undefined || Number.isNaN(milliseconds)) return "–";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
