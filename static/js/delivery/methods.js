/**
 * The delivery methods.
 *
 * The server lists them on the page, in order of fallback, with a card for each. The card has the
 * name, title and route of its method. This module adds what the browser does: a generator.
 *
 * A generator starts at a cursor and yields pages, `{messages, next, more}`. It throws when the
 * connection fails or its signal is aborted. Every method continues from the `next` of the last
 * page, so a reader can switch at any moment and no message is lost or shown twice. An empty page
 * only says that the connection is open. `meter` counts the requests and bytes of the method.
 */

import { longPolling } from "./long_polling.js";
import { Meter } from "./meter.js";
import { polling } from "./polling.js";
import { serverSentEvents } from "./server_sent_events.js";
import { webSocket } from "./web_socket.js";

export const GENERATORS = {
  websocket: webSocket,
  events: serverSentEvents,
  "long-polling": longPolling,
  polling,
};

/** Returns the delivery methods that the cards describe, in order of fallback. */
export function readMethods(cards) {
  return Array.from(cards, ({ dataset: { method: name, title, route, position } }) => ({
    name,
    title,
    route,
    position, // selects the colour
    generate: GENERATORS[name],
    meter: new Meter(),
  }));
}

/** Returns the method that `?delivery=` in the address names, or the first one. */
export function methodFromAddress(methods) {
  const name = new URLSearchParams(location.search).get("delivery");
  return methods.find((method) => method.name === name) ?? methods[0];
}
