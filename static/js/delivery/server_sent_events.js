/**
 * Server-sent events: the page sends one request, and the response never ends.
 *
 * A message arrives at once, over plain HTTP, without a new request. But the response occupies one
 * of the six connections that a browser opens to a host.
 */

import { ApiError, urlFor } from "../page/api.js";
import { emptyPage, PageQueue } from "./page_queue.js";
import { reserveConnection } from "./shared_connections.js";

export async function* serverSentEvents({ route, cursor, signal, meter }) {
  const release = await reserveConnection();
  const queue = new PageQueue(signal);
  const source = new EventSource(urlFor(route, { after: cursor }));
  meter.countRequest(source.url);
  source.onopen = () => queue.push(emptyPage(cursor));
  source.onmessage = ({ data, lastEventId }) => {
    meter.countText(`id: ${lastEventId}\ndata: ${data}\n\n`);
    queue.push(JSON.parse(data));
  };
  source.addEventListener("refused", ({ data }) => {
    const { code, message } = JSON.parse(data).error;
    queue.fail(new ApiError(0, code, message));
  });
  // An EventSource reconnects by itself, but the delivery loop does that for all methods.
  source.onerror = () => queue.fail(new Error("The event stream ended."));
  try {
    yield* queue;
  } finally {
    source.close();
    release();
  }
}
