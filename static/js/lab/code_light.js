/** Lights the lines of code that a lane is in, as far as the page can know. */

const INTERVAL = 100; // milliseconds
const FLASH = 300; // milliseconds for which a delivery stays lit

export function lightCode(lanes) {
  setInterval(() => {
    for (const lane of lanes) {
      const code = lane.element.querySelector(".code");
      const step = stepOf(lane);
      if (code.open && code.dataset.step !== step) code.dataset.step = step;
    }
  }, INTERVAL);
}

/** Returns the step: "deliver", "wait", "sleep" or nothing. */
function stepOf({ log, method, current, state }) {
  const mark = log.marks.at(-1);
  if (state === "lost" || state === "asleep" || method.name !== current.name) return "";
  if (mark && mark.kind !== "failed" && Date.now() - mark.at < FLASH) return "deliver";
  if (log.request?.end === null) return "wait";
  return "sleep";
}
