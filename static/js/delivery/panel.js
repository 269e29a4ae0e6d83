/** The panel that shows what the ways of delivery do, side by side, and lets one be chosen. */

import { draw } from "./chart.js";
import { WAYS } from "./delivery.js";
import { delayOf, Figures } from "./meter.js";

const SPAN = 120_000; // milliseconds that the chart shows

const FIGURES = {
  now: (figures) => duration(figures.now),
  median: (figures) => duration(figures.quantile(0.5)),
  high: (figures) => duration(figures.quantile(0.95)),
  messages: ({ messages }) => messages.toLocaleString(),
  requests: ({ requests }) => requests.toLocaleString(),
  bytes: ({ bytes }) => size(bytes),
};

/** By way, what counts its requests, bytes and messages. */
export const figures = Object.fromEntries(Object.keys(WAYS).map((way) => [way, new Figures()]));

/** The way that `?delivery=` in the address names, or the first. */
export function wayFromAddress() {
  const wanted = new URLSearchParams(location.search).get("delivery");
  return Object.hasOwn(WAYS, wanted) ? wanted : Object.keys(WAYS)[0];
}

/** Let the panel follow the delivery, and change it. */
export function keepPanel(panel, button, delivery) {
  let used = delivery.chosen;
  let points = [];

  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    show();
  });

  panel.addEventListener("change", ({ target }) => {
    const here = new URL(location);
    here.searchParams.set("delivery", target.value); // for a reload, and for a link
    history.replaceState(null, "", here);
    delivery.choose(target.value);
    show();
  });

  delivery.addEventListener("state", ({ detail }) => {
    used = detail.way;
    show();
  });

  delivery.addEventListener("page", ({ detail: { page, way, since } }) => {
    figures[way].messages += page.messages.length;
    for (const message of page.messages) {
      const delay = delayOf(message, since);
      if (Number.isNaN(delay)) continue;
      figures[way].delayed(delay);
      points.push({ at: Date.now(), delay, way });
    }
    points = points.filter(({ at }) => at > Date.now() - SPAN);
    show();
  });

  function show() {
    const present = figures[used];
    button.querySelector("#chip-way").textContent = titleOf(used);
    button.querySelector("#chip-delay").textContent = duration(present.now);
    if (panel.hidden) return;
    for (const card of panel.querySelectorAll("[data-way]")) {
      const { way } = card.dataset;
      card.classList.toggle("present", way === used);
      card.querySelector("input").checked = way === delivery.chosen;
      card.classList.toggle("unused", !figures[way].requests);
      for (const place of card.querySelectorAll("[data-figure]")) {
        place.textContent = FIGURES[place.dataset.figure](figures[way]);
      }
    }
    panel.querySelector("#fallback").textContent =
      used === delivery.chosen
        ? ""
        : `${titleOf(delivery.chosen)} is not to be had at the moment: ${titleOf(used)} takes its place.`;
    draw(panel.querySelector("#chart"), points, SPAN);
  }

  function titleOf(way) {
    return panel.querySelector(`[data-way="${way}"] b`).textContent;
  }

  setInterval(show, 1000); // the chart moves on, whether messages come or not
}

function duration(milliseconds) {
  if (milliseconds === undefined) return "–";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function size(bytes) {
  return bytes < 10_000 ? `${bytes.toLocaleString()} B` : `${(bytes / 1000).toFixed(1)} kB`;
}
