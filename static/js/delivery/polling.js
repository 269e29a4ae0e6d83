/**
 * Polling: the page asks for new messages every second.
 *
 * It works everywhere, because each request is answered at once. But a message waits half a second
 * on average, and most requests return nothing.
 */

import { fetchPage } from "../page/api.js";
import { sleep } from "./sleep.js";

const INTERVAL = 1000; // milliseconds between two requests

export async function* polling({ route, cursor, signal, meter, interval = () => INTERVAL }) {
  for (;;) {
    const page = await fetchPage(route, { after: cursor }, { signal, meter });
    yield page;
    cursor = page.next;
    if (!page.more) await sleep(interval(), signal);
  }
}
