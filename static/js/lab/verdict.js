/** Says in words which delivery method suits what is happening on the page. */

import { figuresOf, formatDuration } from "./figures.js";

const FEW = 3; // messages, below which nothing can be said
const CLEAR = 1.5; // times as late, above which a method is clearly later

/**
 * Returns the verdict.
 * @param {{lanes: Lane[], network: string, source: string}} situation
 */
export function verdict({ lanes, network, source }) {
  const lane = Object.fromEntries(lanes.map((each) => [each.method.name, each]));
  const figures = Object.fromEntries(
    lanes.map(({ method, log }) => [method.name, figuresOf(log.figures)]),
  );
  if (network === "no-upgrade") {
    return "Here: server-sent events. They are plain HTTP, so a proxy without WebSocket passes them on.";
  }
  if (network === "offline" || network === "asleep") {
    return "Here: no method helps. All of them wait until the fault is over, and continue from their cursors.";
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
  const { polling, events } = figures;
  const late = formatDuration(polling.median);
  const times = (polling.bytes / events.bytes).toFixed(1);
  const cost = times > 1 ? `takes ${times} times the bytes` : "sends more requests";
  if (polling.median < CLEAR * events.median) {
    return `Here: server-sent events, for their cost. They are ${formatDuration(events.median)} late and polling is ${late} late, but polling ${cost}.`;
  }
  if (source === "fast" && polling.bytes < figures["long-polling"].bytes) {
    const count = Math.round(1 / polling.requests);
    return `Here: a stream. Polling is cheaper than long polling now, because an answer carries about ${count} messages. But they are ${late} late.`;
  }
  return `Here: server-sent events. Choose WebSocket if the client talks a lot, too. Polling is ${late} late and ${cost}.`;
}
