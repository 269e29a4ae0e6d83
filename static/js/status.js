/** Says whether new messages come, and if not, when the next try is. */

const TEXTS = {
  connecting: () => "Connecting …",
  connected: () => "Connected",
  lost: ({ retryAt }) => {
    const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
    return `${navigator.onLine ? "Reconnecting" : "Offline, next try"} in ${seconds} s`;
  },
};

/** Keep `place` in step with the delivery. */
export function showStatus(place, delivery) {
  let present = { state: "connecting" };
  const show = () => {
    const text = TEXTS[present.state](present);
    if (place.textContent !== text) place.textContent = text;
  };
  delivery.addEventListener("state", ({ detail }) => {
    // While a lost connection is being tried, it is still lost.
    if (detail.state === "connecting" && present.state === "lost") return;
    present = detail;
    place.dataset.state = detail.state;
    show();
  });
  setInterval(show, 500);
}
