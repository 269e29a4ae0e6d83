/**
 * WebSocket: one connection that stays open in both directions. Here only the server sends.
 *
 * A message arrives at once, without headers or a new request. But it is not plain HTTP, and some
 * proxies block it.
 */

import { ApiError, urlFor } from "../page/api.js";
import { emptyPage, PageQueue } from "./page_queue.js";

const CURSOR_GONE = 4410; // the close code that stands for HTTP status 410

export async function* webSocket({ route, cursor, signal, meter }) {
  const queue = new PageQueue(signal);
  const socket = new WebSocket(urlFor(route, { after: cursor }));
  meter.countRequest(socket.url);
  socket.onopen = () => queue.push(emptyPage(cursor));
  socket.onmessage = ({ data }) => {
    meter.countText(data);
    queue.push(JSON.parse(data));
  };
  socket.onclose = ({ code }) => {
    if (code === CURSOR_GONE) queue.fail(new ApiError(410, "cursor_gone", "The cursor is gone."));
    else queue.fail(new Error("The WebSocket was closed."));
  };
  try {
    yield* queue;
  } finally {
    socket.close();
  }
}
