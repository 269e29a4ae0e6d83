/** Requests to the server, and what it refuses. */

const PATIENCE = 10_000; // milliseconds for an answer that should come at once

/** What the server refused: its HTTP status, a code for programs, a message for people. */
export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Whether the cursor is of no use any more, so that the log has to be loaded anew. */
  get gone() {
    return this.code === "cursor_gone" || this.code === "bad_cursor";
  }
}

/** The address of `path` on this server, with a query. */
export function address(path, query = {}) {
  return `${path}?${new URLSearchParams(query)}`;
}

/**
 * Ask for a page of messages.
 * @param {string} path
 * @param {object} query
 * @param {{signal?: AbortSignal, meter?: object, patience?: number}} options
 *     `meter` is told of the request and of the bytes of its answer
 * @returns {Promise<{messages: object[], next: string, more: boolean}>}
 * @throws {Refused} or, where no answer comes, what fetch throws
 */
export async function ask(path, query, { signal, meter, patience = PATIENCE } = {}) {
  meter?.request();
  const tooLong = AbortSignal.timeout(patience);
  const response = await fetch(address(path, query), {
    signal: signal ? AbortSignal.any([signal, tooLong]) : tooLong,
    cache: "no-store", // identical requests of two tabs would wait for one another
  });
  const page = await read(response);
  meter?.received(sizeOf(response));
  return page;
}

/** The newest messages. */
export const newest = (limit) => ask("/messages", { limit });

/** The messages before the one with this id. */
export const before = (id, limit) => ask("/messages", { before: id, limit });

/** The messages after this cursor. */
export const after = (cursor, limit) => ask("/messages", { after: cursor, limit });

/** Post a message; resolves to it as the dialog has it. The same nonce never makes a second one. */
export async function post(text, author, nonce) {
  const response = await fetch("/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text, author, nonce }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  return read(response);
}

/** The pictures of the gallery, as it is now. */
export async function getPictures() {
  const response = await fetch("/pictures", { signal: AbortSignal.timeout(PATIENCE) });
  return (await read(response)).pictures;
}

async function read(response) {
  if (response.ok) return response.json();
  if (response.status === 401) location.assign("/login");
  const { error } = await response.json().catch(() => ({}));
  const { code = "error", message = `The server answered ${response.status}.` } = error ?? {};
  throw new Refused(response.status, code, message);
}

/** The bytes of an answer as they came over the wire: status line, headers, body. */
function sizeOf(response) {
  let size = "HTTP/1.1 200 OK\r\n\r\n".length + Number(response.headers.get("Content-Length"));
  for (const [name, value] of response.headers) size += name.length + value.length + ": \r\n".length;
  return size;
}
