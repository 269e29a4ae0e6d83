/** Requests to the server. */

const TIMEOUT = 10_000; // milliseconds for a response that the server sends at once
const MAX_RETRY_AFTER = 3600; // seconds

/** An error response: its HTTP status, a code for programs and a message for people. */
export class ApiError extends Error {
  /** @param {number} [retryAfter] seconds to wait before another attempt; 0 is unknown */
  constructor(status, code, message, retryAfter = 0) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** Whether the cursor no longer fits the dialog, so the log has to be loaded again. */
  get cursorIsGone() {
    return this.code === "cursor_gone" || this.code === "bad_cursor";
  }
}

/** Returns the URL of `path` on this server, with a query. */
export const urlFor = (path, query) => `${path}?${new URLSearchParams(query)}`;

/**
 * Requests a page of messages.
 * @param {string} path
 * @param {object} query
 * @param {{signal?: AbortSignal, meter?: Meter, timeout?: number}} options
 *     `meter` counts the request and the bytes of its response, `timeout` is in milliseconds
 * @returns {Promise<{messages: object[], next: string, more: boolean}>}
 * @throws {ApiError} if the server answers with an error; if it does not answer, an error of fetch
 */
export async function fetchPage(path, query, { signal, meter, timeout = TIMEOUT } = {}) {
  const url = urlFor(path, query);
  meter?.countRequest(url);
  const deadline = AbortSignal.timeout(timeout);
  const response = await fetch(url, {
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    cache: "no-store", // the cache would make the same request of another tab wait for this one
  });
  const page = await readJson(response);
  meter?.countBytes(sizeOf(response), response);
  return page;
}

export const newestMessages = (limit, path = "/messages") => fetchPage(path, { limit });

export const messagesBefore = (id, limit) => fetchPage("/messages", { before: id, limit });

export const messagesAfter = (cursor, limit, path = "/messages") =>
  fetchPage(path, { after: cursor, limit });

/**
 * Posts a message and returns it as stored. Posting a nonce again does not store it again.
 * @param {{text: string, author: string, nonce: string, reply_to?: string}} post
 * @throws {Error} with a message for people
 */
export async function createMessage(post) {
  try {
    const response = await fetch("/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(post),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return await readJson(response);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new Error("The server did not answer.", { cause: error });
  }
}

/** Returns the pictures of the gallery: {name, title, caption, alt}. */
export async function fetchPictures() {
  const response = await fetch("/pictures", { signal: AbortSignal.timeout(TIMEOUT) });
  return (await readJson(response)).pictures;
}

async function readJson(response) {
  if (response.ok) return response.json();
  if (response.status === 401) location.assign("/login");
  const { error } = await response.json().catch(() => ({}));
  const message = error?.message ?? `The server answered with status ${response.status}.`;
  const retryAfter = readSeconds(response.headers.get("Retry-After"));
  throw new ApiError(response.status, error?.code ?? "error", message, retryAfter);
}

/** Returns the seconds that a Retry-After header asks for, as a number or as a date. */
function readSeconds(header) {
  const seconds = Number(header) || (Date.parse(header) - Date.now()) / 1000 || 0;
  return Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER);
}

/** Returns the bytes of an HTTP response on the wire: status line, headers and body. */
function sizeOf(response) {
  let head = "HTTP/1.1 200 OK\r\n\r\n";
  for (const [name, value] of response.headers) head += `${name}: ${value}\r\n`;
  return head.length + Number(response.headers.get("Content-Length"));
}
