/**
 * The four ways in which messages reach the page. This file is what they differ in.
 *
 * Each is an async generator. It starts at a cursor and yields pages, `{messages, next, more}`,
 * until its signal is aborted or the connection is lost; then it throws. `next` of the last page
 * is the cursor for whichever way comes after it: so they can be changed at any moment, and no
 * message is lost or shown twice. A page without messages says: the connection stands.
 *
 * `meter` is told of each request, and of the bytes that came.
 */

import { address, ask, Refused } from "../page/api.js";
import { holdConnection } from "./shared_connections.js";
import { Inbox, sleep } from "./page_queue.js";

const EVERY = 1000; // milliseconds between two polls
const WAIT = 25; // seconds that the server may keep us waiting; Heroku's router cuts at 30
const GONE = 4410; // close code: the cursor no longer fits the dialog

/** Ask, rest a second, ask again. */
export async function* polling({ cursor, signal, meter }) {
  for (;;) {
    const page = await ask("/messages", { after: cursor }, { signal, meter });
    yield page;
    cursor = page.next;
    if (!page.more) await sleep(EVERY, signal);
  }
}

/** Ask, and let the server answer when there is something to say. Then ask again, at once. */
export async function* longPolling({ cursor, signal, meter }) {
  const release = await holdConnection();
  try {
    // The first question does not wait: its answer tells that this way is to be had.
    for (let timeout = 0; ; timeout = WAIT) {
      const patience = (timeout + 10) * 1000;
      const page = await ask("/messages/wait", { after: cursor, timeout }, { signal, meter, patience });
      yield page;
      cursor = page.next;
    }
  } finally {
    release();
  }
}

/** Ask once; the answer never ends. */
export async function* events({ cursor, signal, meter }) {
  const release = await holdConnection();
  const inbox = new Inbox(signal);
  const source = new EventSource(address("/messages/events", { after: cursor }));
  meter.request();
  source.onopen = () => inbox.put({ messages: [], next: cursor, more: false });
  source.onmessage = ({ data, lastEventId }) => {
    meter.received(bytes(`id: ${lastEventId}\ndata: ${data}\n\n`));
    inbox.put(JSON.parse(data));
  };
  source.addEventListener("refused", ({ data }) => {
    const { code, message } = JSON.parse(data).error;
    inbox.fail(new Refused(0, code, message));
  });
  // It would connect again by itself, but one loop does that for all four ways.
  source.onerror = () => inbox.fail(new Error("The stream of events ended."));
  try {
    yield* inbox.pages();
  } finally {
    source.close();
    release();
  }
}

/** Open a line on which both sides may speak at any time. Here only the server does. */
export async function* webSocket({ cursor, signal, meter }) {
  const inbox = new Inbox(signal);
  const socket = new WebSocket(address("/messages/socket", { after: cursor }));
  meter.request();
  socket.onopen = () => inbox.put({ messages: [], next: cursor, more: false });
  socket.onmessage = ({ data }) => {
    meter.received(bytes(data));
    inbox.put(JSON.parse(data));
  };
  socket.onclose = ({ code }) =>
    inbox.fail(
      code === GONE ? new Refused(0, "cursor_gone", "") : new Error("The socket was closed."),
    );
  try {
    yield* inbox.pages();
  } finally {
    socket.close();
  }
}

/** How many bytes a text has as UTF-8. */
const bytes = (text) => new Blob([text]).size;
