/** Says in words which delivery method suits what is happening on the page. */

import { figuresOf, formatDuration } from "./figures.js";

const FEW = 3; // messages, below which nothing can be said

/**
 * Returns the verdict.
 * @param {{lanes: Lane[], network: string, source: string, interval: number}} situation
 */
export function verdict({ lanes, network, source, interval }) {
  const lane = Object.fromEntries(lanes.map((each) => [each.method.name, each]));
  const figures = Object.fromEntries(
    lanes.map(({ method, log }) => [method.name, figuresOf(log.figures)]),
  );
  if (network === "no-upgrade") {
    return "Here: server-sent events. They are plain HTTP, so a proxy without WebSocket passes them on.";
  }
  if (network === "buffering") {
    return "Here: WebSocket, or long polling where WebSocket is blocked. Server-sent events never leave this proxy.";
  }
  if (lane.events.usesFallback && lane["long-polling"].usesFallback) {
    return "Here: WebSocket. It is not one of the six connections that all tabs of a browser share.";
  }
  if (network === "cut") {
    return "Here: long polling, which answers within 25 s. Streams are cut after 30 s, and continue from their cursor.";
  }
  if (figures.websocket.messages < FEW || !figures.polling.messages) {
    if (source === "quiet" || source === "slow") {
      return "Here: WebSocket or server-sent events. Silence costs them next to nothing, and every poll costs a request.";
    }
    return "Watch a few messages first.";
  }
  const late = formatDuration(figures.polling.median);
  const times = (figures.polling.bytes / figures.events.bytes).toFixed(1);
  if (source === "fast") {
    return `Here: a stream. Polling is cheaper than long polling now, because one answer carries ${perAnswer(interval)} messages, but they are ${late} late.`;
  }
  return `Here: server-sent events. Choose WebSocket if the client talks a lot, too. Polling is ${late} late and takes ${times} times the bytes.`;
}

const perAnswer = (interval) => `about ${Math.round(interval / 100)}`;
