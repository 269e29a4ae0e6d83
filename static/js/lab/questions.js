/**
 * Questions to predict first. Each sets up its experiment: `settings` for the controls, the
 * `seconds` to watch, `right`, the number of the right option, and `answer`, which explains it.
 * `tabs` takes the connections that tabs share, and `say` writes a message after half of the time.
 */
export const QUESTIONS = [
  {
    question: "One message a second, at random, and a poll each second. How late is a polled message?",
    options: ["Hardly at all", "Half a second in the middle", "One second"],
    right: 1,
    settings: { network: "local", source: "second", interval: "1000" },
    seconds: 20,
    answer:
      "A message is as likely to come just after a poll as just before one. About one answer in three is empty, because a random second has no message with probability 1/e.",
  },
  {
    question: "One message in an hour. Which method spends the most bytes on it?",
    options: ["Polling", "Long polling", "Server-sent events", "WebSocket"],
    right: 0,
    settings: { network: "local", source: "quiet", interval: "1000" },
    say: true,
    seconds: 16,
    answer:
      "Polling sends 3,600 requests in an hour for one message. Long polling sends 144, because the server holds a request for 25 s. A stream sends only an empty page every 20 s.",
  },
  {
    question: "Ten messages a second. Which method sends the most requests?",
    options: ["Polling", "Long polling", "Server-sent events", "WebSocket"],
    right: 1,
    settings: { network: "local", source: "fast", interval: "1000" },
    seconds: 12,
    answer:
      "With long polling each message ends a request, so there are up to ten requests a second. Polling still sends one a second, and each answer brings about ten messages.",
  },
  {
    question: "No packet arrives for 5 s. Which methods lose a message?",
    options: ["All of them", "The two streams", "None"],
    right: 2,
    settings: { network: "offline", source: "second", interval: "1000" },
    seconds: 14,
    answer:
      "Each lane remembers a cursor and asks for what follows it. Some messages are more than 5 s late, because TCP waits longer each time before it sends again.",
  },
  {
    question: "A proxy passes on only complete responses. Which method goes silent?",
    options: ["Long polling", "Server-sent events", "WebSocket"],
    right: 1,
    settings: { network: "buffering", source: "second", interval: "1000" },
    seconds: 20,
    answer:
      "The response of server-sent events never ends, so the proxy never passes it on. After 5 s of silence the page tries again, and then it uses long polling.",
  },
  {
    question: "A proxy refuses the header Upgrade. What does the WebSocket lane do?",
    options: ["It stays silent", "It uses server-sent events", "It uses polling"],
    right: 1,
    settings: { network: "no-upgrade", source: "second", interval: "1000" },
    seconds: 10,
    answer:
      "A WebSocket begins as an HTTP request to upgrade. Where that fails twice, the page takes the next method, with the same cursor.",
  },
  {
    question: "Eight tabs of this site are open. Which methods run out of connections?",
    options: ["Polling", "Long polling and server-sent events", "WebSocket"],
    right: 1,
    settings: { network: "local", source: "second", interval: "1000" },
    tabs: true,
    seconds: 14,
    answer:
      "Long polling and server-sent events each keep one of the six connections that a browser opens to a host over HTTP/1.1. The site leaves two of them free, so these lanes poll instead. WebSockets do not count among the six.",
  },
  {
    question: "A phone with 3G, ten messages a second. Which is later, long polling or a stream?",
    options: ["They are the same", "Long polling", "The stream"],
    right: 1,
    settings: { network: "3g", source: "fast", interval: "1000" },
    seconds: 14,
    answer:
      "After each answer of long polling, the next request travels for 150 ms, and what is written meanwhile waits. A stream is one trip late, 150 ms.",
  },
];
