/** Ties a delivery to the life of the page: network, background tabs, sleep, back button. */

const TICK = 2_000; // milliseconds
const ASLEEP = 10_000; // milliseconds between two ticks that only a sleeping machine explains

export function followPageLifecycle(delivery) {
  addEventListener("online", () => delivery.restart());
  addEventListener("offline", () => delivery.restart());
  addEventListener("pagehide", () => delivery.pause());
  addEventListener("pageshow", () => delivery.resume());
  document.addEventListener("visibilitychange", () => document.hidden || delivery.check());

  let lastTick = Date.now();
  setInterval(() => {
    if (Date.now() - lastTick > ASLEEP) delivery.check();
    lastTick = Date.now();
  }, TICK);
}
