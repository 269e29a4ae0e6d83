/**
 * Requests and responses as they are on the wire.
 *
 * A script sees neither the head that its browser sends nor that of a stream. The server returns
 * the head of a request, and these functions compute the other heads from it.
 */

const HEAD = "/delivery/head";
const COMMON = /^(content-security|cross-origin|permissions|referrer|x-content-type)/i; // headers

/** Returns the wire after asking the server what this browser sends. */
export async function loadWire() {
  const response = await fetch(HEAD, { cache: "no-store" });
  const fetchHead = (await response.json()).head;
  const wire = new Wire(fetchHead, await eventsHead().catch(() => fetchHead));
  wire.responseHead(response); // the pattern for the heads of streams
  return wire;
}

/** Resolves to the head that this browser sends for an EventSource. */
function eventsHead() {
  return new Promise((resolve, reject) => {
    const source = new EventSource(HEAD);
    source.onmessage = ({ data }) => {
      source.close();
      resolve(JSON.parse(data).head);
    };
    source.onerror = () => {
      source.close();
      reject(new Error("The server sent no head."));
    };
  });
}

class Wire {
  #heads;
  #responseHead = "";

  constructor(fetchHead, events) {
    this.#heads = { fetch: fetchHead, events, websocket: socketHead(fetchHead) };
  }

  /** Returns the head of a request by `method`, a name, to a URL. */
  requestHead(method, url) {
    const { pathname, search } = new URL(url, location.href);
    const lines = (this.#heads[method] ?? this.#heads.fetch).split("\r\n");
    lines[0] = `GET ${pathname}${search} HTTP/1.1`;
    const referer = lines.findIndex((line) => line.startsWith("Referer:"));
    if (referer > 0) lines[referer] = `Referer: ${location.href.split("#")[0]}`;
    return lines.join("\r\n");
  }

  /** Returns the head of a response. Those of streams have the same security headers. */
  responseHead(response) {
    let head = `HTTP/1.1 ${response.status} ${response.statusText}\r\n`;
    for (const [name, value] of response.headers) head += `${name}: ${value}\r\n`;
    this.#responseHead = `${head}\r\n`;
    return this.#responseHead;
  }

  /** Returns the head of the response that opens a stream, as this server sends it. */
  streamHead(method) {
    const lines = this.#responseHead.split("\r\n").filter((line) => COMMON.test(line));
    const common = [`date: ${new Date().toUTCString()}`, ...lines];
    if (method === "websocket") {
      return [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${"*".repeat(28)}`,
        ...common,
        "\r\n",
      ].join("\r\n");
    }
    return [
      "HTTP/1.1 200 OK",
      ...common,
      "content-type: text/event-stream",
      "cache-control: no-store",
      "x-accel-buffering: no",
      "transfer-encoding: chunked",
      "",
      "8",
      ": open\n\n",
      "",
    ].join("\r\n");
  }
}

/** Returns the head that opens a WebSocket, from that of a fetch. Chrome and Firefox send this. */
function socketHead(fetchHead) {
  const names = /^(Host|User-Agent|Accept-Encoding|Accept-Language|Cookie):/i;
  const [first, ...lines] = fetchHead.split("\r\n");
  return [
    first,
    ...lines.filter((line) => names.test(line)),
    "Connection: Upgrade",
    "Pragma: no-cache",
    "Cache-Control: no-cache",
    "Upgrade: websocket",
    `Origin: ${location.origin}`,
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${"*".repeat(24)}`,
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    "",
    "",
  ].join("\r\n");
}

/** Returns the bytes of a text in UTF-8. */
export const sizeOf = (text) => new Blob([text]).size;

/** Returns the bytes around one page of a stream: a chunk and its event, or a frame. */
export function framing(method, size) {
  if (method === "websocket") return size < 126 ? 2 : size < 65_536 ? 4 : 10;
  return size.toString(16).length + 4;
}

/** Returns a command line that sends the same request. */
export function curlLine(method, url) {
  const address = new URL(url, location.href).href.replace(/^ws/, "http");
  if (method === "events") return `curl -iN '${address}'`;
  if (method !== "websocket") return `curl -i '${address}'`;
  const headers = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  ];
  return `curl -iN ${headers.map((header) => `-H '${header}'`).join(" ")} '${address}' --output -`;
}
