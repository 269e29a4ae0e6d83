/** Says whether new messages come, and if not, when the next try is; and whether the robot is there. */

import { clock } from "../log/times.js";

const PRESENT = 5000; // milliseconds: it speaks every second

const TEXTS = {
  connecting: () => "Connecting …",
  connected: () => "Connected",
  lost: ({ retryAt }) => {
    const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
    return navigator.onLine ? `Reconnecting in ${seconds} s` : "Offline";
  },
};

/** Keep `place` in step with the delivery; `announce` each change for those who do not see it. */
export function showStatus(place, delivery, announce) {
  let present = { state: "connecting" };
  const show = () => write(place, TEXTS[present.state](present));
  delivery.addEventListener("state", ({ detail }) => {
    // While a lost connection is being tried, it is still lost.
    if (detail.state === "connecting" && present.state === "lost") return;
    if (detail.state === "lost" && present.state === "connected") announce("The connection is lost.");
    if (detail.state === "connected" && present.state === "lost") announce("Connected again.");
    present = detail;
    place.dataset.state = detail.state;
    show();
  });
  setInterval(show, 500);
}

/**
 * Show in `place` whether the robot is there. `heard` is when its last message on the page was
 * written, if there is one.
 */
export function showPresence(place, delivery, heard) {
  let seen = 0; // by our clock: when its last message came
  let connected = 0; // and when the connection came to stand
  delivery.addEventListener("state", ({ detail }) => {
    connected = detail.state === "connected" ? Date.now() : 0;
  });
  delivery.addEventListener("page", ({ detail }) => {
    const last = detail.page.messages.findLast(({ role }) => role === "robot");
    if (!last) return;
    seen = Date.now();
    heard = last.time;
    show();
  });

  function show() {
    const here = Date.now() - seen < PRESENT;
    // Without a connection, or with one just made, its silence says nothing.
    place.hidden = !connected || (!here && Date.now() - connected < PRESENT);
    place.dataset.here = here;
    const since = clock(heard) && `, last heard ${clock(heard)}`;
    write(place, here ? "Robot is here" : `Robot is away${since}`);
  }

  setInterval(show, 500);
}

/** Only what changes is written: else the page would be laid out anew each time. */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
