/** Creates the parts of the page that compares the delivery methods, and connects them. */

import { showText } from "../page/show_text.js";
import { lightCode } from "./code_light.js";
import { Controls } from "./controls.js";
import { Costs } from "./costs.js";
import { showFigures } from "./figures.js";
import { Lane } from "./lane.js";
import { Ledger } from "./ledger.js";
import { MarkDetail } from "./mark_detail.js";
import { QuestionList } from "./question_list.js";
import { createSession } from "./session.js";
import { openTabs } from "./shared_tabs.js";
import { Timeline } from "./timeline.js";
import { Track } from "./track.js";
import { verdict } from "./verdict.js";
import { loadWire } from "./wire.js";
import { Written } from "./written.js";

const REFRESH = 500; // milliseconds between two looks at the figures
const VARIATION = 0.2; // of the polling interval without a lab, so that no poll follows the robot

const $ = (selector) => document.querySelector(selector);
const { hasLab, next } = $("#lanes").dataset;

try {
  await start(await loadWire(), hasLab ? await createSession() : null);
} catch (error) {
  showNotice(error.message);
}

async function start(wire, session) {
  const controls = new Controls($("#controls"), session);
  const vary = () => (session ? 1 : 1 + VARIATION * (2 * Math.random() - 1));
  const written = new Written();
  const options = {
    root: session?.root ?? "",
    cursor: session?.cursor ?? next,
    wire,
    written,
    interval: () => controls.interval * vary(),
    latency: () => controls.latency,
  };
  const elements = Array.from(document.querySelectorAll(".lane"));
  const methods = elements.map(({ dataset }) => ({ ...dataset }));
  const lanes = elements.map((element, index) => {
    const lane = new Lane(methods, methods[index], options);
    lane.element = element;
    return lane;
  });
  const ledger = new Ledger(lanes, $("#faults"));
  const startFigures = () => lanes.forEach(({ log }) => log.startFigures());

  followControls(controls, lanes, ledger, startFigures);
  const timeline = new Timeline(
    lanes.map((lane) => new Track(lane, lane.element.querySelector(".track"), written)),
    written,
  );
  connectButtons(timeline, session, startFigures);
  if ($("#costs")) new Costs($("#costs"), lanes, controls).follow(REFRESH);
  lightCode(lanes);
  if (session) {
    new QuestionList($("#questions"), $("#banner"), $("#lanes"), {
      set: (settings) => controls.set(settings),
      say: () => session.change({ say: true }).catch(showError),
      openTabs: () => openTabs(() => lanes.forEach((lane) => lane.restart())),
    });
  }
  controls.readAddress();
  if (controls.network === "local") ledger.begin("local");
  lanes.forEach((lane) => lane.run());
  setInterval(() => refresh(lanes, controls), REFRESH);
  followRecord(lanes, ledger, written, session);
}

function followControls(controls, lanes, ledger, startFigures) {
  // As in the chat, where a new network makes the page try its own method again.
  const wake = () => {
    for (const lane of lanes) {
      lane.wake();
      if (lane.usesFallback) lane.restart();
    }
  };
  controls.addEventListener("change", ({ detail: { name, value } }) => {
    startFigures();
    if (name !== "network") return;
    ledger.begin(value);
    if (value === "asleep") lanes.forEach((lane) => lane.sleep());
    else wake();
  });
  controls.addEventListener("end", () => {
    ledger.finish();
    wake();
  });
}

function connectButtons(timeline, session, startFigures) {
  const pause = $("#pause");
  pause.addEventListener("click", () => (timeline.isPaused ? timeline.resume() : timeline.pause()));
  timeline.addEventListener("pause", () => {
    pause.setAttribute("aria-pressed", String(timeline.isPaused));
    pause.textContent = timeline.isPaused ? "Continue" : "Pause";
  });
  $("#back").addEventListener("click", () => timeline.step(-1));
  $("#step").addEventListener("click", () => timeline.step(1));
  $("#restart").addEventListener("click", startFigures);
  $("#say")?.addEventListener("click", () => session.change({ say: true }).catch(showError));
  const detail = new MarkDetail();
  timeline.addEventListener("select", ({ detail: { mark, lane } }) => {
    $("#announcement").textContent = detail.show(mark, lane);
  });
}

function refresh(lanes, controls) {
  showFigures(lanes);
  for (const lane of lanes) showState(lane);
  const { network, source } = controls;
  showText($("#verdict"), verdict({ lanes, network, source }));
}

const STATES = { connecting: "connecting", connected: "connected", lost: "reconnecting", asleep: "asleep" };

function showState({ element, state, usesFallback, current }) {
  element.dataset.state = usesFallback ? "fallback" : state;
  element.dataset.current = current.name;
  const text = usesFallback ? `uses ${current.title}` : STATES[state];
  showText(element.querySelector(".lane-state"), text);
}

/** Keeps telling the ledger which messages were written. */
async function followRecord(lanes, ledger, written, session) {
  let known = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, REFRESH));
    try {
      if (session) addRecorded(await session.newMessages(), ledger, written);
      else known += addReceived(lanes, ledger, known);
    } catch (error) {
      if (error instanceof TypeError) continue; // the network failed, and may be back soon
      showNotice(error.message);
      return;
    }
    ledger.show();
  }
}

function addRecorded(messages, ledger, written) {
  written.add(messages);
  ledger.add(messages.map(({ id }) => id));
}

/** Without a lab, the lane that has received the most says which messages there are. */
function addReceived(lanes, ledger, known) {
  const [most] = lanes.toSorted((a, b) => b.received.size - a.received.size);
  const ids = [...most.received.keys()].slice(known);
  ledger.add(ids);
  return ids.length;
}

const showError = (error) => showNotice(error.message);

function showNotice(text) {
  $("#notice").hidden = false;
  $("#notice span").textContent = text;
}
