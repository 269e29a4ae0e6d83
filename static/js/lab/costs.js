/** What the server pays: the figures of the benchmark, times a number of clients. */

import { figuresOf } from "./figures.js";

export class Costs {
  #section;
  #slider;
  #controls;
  #lanes;

  constructor(section, lanes, controls) {
    this.#section = section;
    this.#slider = section.querySelector("input");
    this.#lanes = lanes;
    this.#controls = controls;
    this.#slider.addEventListener("input", () => this.show());
  }

  /** Shows the costs again and again, as the rate of messages changes. */
  follow(interval) {
    setInterval(() => this.show(), interval);
  }

  show() {
    const clients = roundTo2(10 ** Number(this.#slider.value));
    const seconds = (Date.now() - this.#lanes[0].log.figures.since) / 1000;
    const rates = this.#lanes.map(({ log }) => figuresOf(log.figures).messages / seconds);
    const rate = Math.max(...rates);
    this.#section.querySelector("#clients").textContent = clients.toLocaleString("en");
    this.#section.querySelector("#rate").textContent = rate.toFixed(1);
    for (const row of this.#section.querySelectorAll("[data-cpu]")) {
      const { method, cpu, memory } = row.dataset;
      // A poll costs a request, whether or not there is a message.
      const times = method === "polling" ? 1000 / this.#controls.interval : rate;
      const cores = (clients * times * cpu) / 1e6;
      row.querySelector("[data-cost=cpu]").textContent = formatCores(cores);
      row.querySelector("[data-cost=memory]").textContent = formatMemory(clients * memory);
    }
  }
}

const roundTo2 = (number) => Number(number.toPrecision(2));

function formatCores(cores) {
  return cores < 1 ? `${(100 * cores).toPrecision(2)} % of a core` : `${cores.toFixed(1)} cores`;
}

function formatMemory(kilobytes) {
  if (!kilobytes) return "–";
  return kilobytes < 1e6 ? `${(kilobytes / 1000).toPrecision(3)} MB` : `${(kilobytes / 1e6).toPrecision(3)} GB`;
}
