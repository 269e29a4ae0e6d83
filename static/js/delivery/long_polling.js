/**
 * Long polling: the page asks, and the server holds the request until there is a message.
 *
 * A message arrives at once, over plain HTTP. But each response costs a new request.
 */

import { fetchPage } from "../page/api.js";
import { reserveConnection } from "./shared_connections.js";

const HOLD = 25; // seconds that the server may hold a request; Heroku's router cuts it off at 30
const GRACE = 10; // seconds on top for the response to arrive

export async function* longPolling({ route, cursor, signal, meter }) {
  const release = await reserveConnection();
  try {
    // The first request is not held. Its response shows that the method is available.
    for (let hold = 0; ; hold = HOLD) {
      const query = { after: cursor, timeout: hold };
      const page = await fetchPage(route, query, { signal, meter, timeout: (hold + GRACE) * 1000 });
      yield page;
      cursor = page.next;
    }
  } finally {
    release();
  }
}
