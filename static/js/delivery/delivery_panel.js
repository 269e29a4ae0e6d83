/** The panel that compares the delivery methods and switches between them. */

import { delayOf } from "./delay.js";
import { DelayChart } from "./delay_chart.js";

const METRICS = {
  latest: (meter) => formatDuration(meter.latestDelay),
  median: (meter) => formatDuration(meter.delayQuantile(0.5)),
  p95: (meter) => formatDuration(meter.delayQuantile(0.95)),
  messages: ({ messages }) => messages.toLocaleString(),
  requests: ({ requests }) => requests.toLocaleString(),
  bytes: ({ bytes }) => formatBytes(bytes),
};

export class DeliveryPanel {
  #panel;
  #button;
  #delivery;
  #methods;
  #chart;
  #connected = false;

  constructor(panel, button, delivery, methods) {
    this.#panel = panel;
    this.#button = button;
    this.#delivery = delivery;
    this.#methods = methods;
    this.#chart = new DelayChart(panel.querySelector("#chart"));
    button.addEventListener("click", () => this.#toggle(panel.hidden));
    document.addEventListener("keydown", (event) => this.#onKey(event));
    panel.addEventListener("change", ({ target }) => this.#choose(target.value));
    delivery.addEventListener("state", ({ detail }) => {
      this.#connected = detail.state === "connected";
      this.#show();
    });
    delivery.addEventListener("page", ({ detail }) => this.#measure(detail));
    setInterval(() => this.#show(), 1000); // the chart moves even without new messages
  }

  #toggle(open) {
    this.#panel.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    this.#show();
  }

  /** Closes the panel on Escape, unless the key leaves a text field, a menu or a dialog. */
  #onKey({ key, target }) {
    if (key !== "Escape" || this.#panel.hidden) return;
    if (target.closest("textarea, [popover], dialog")) return;
    this.#toggle(false);
    this.#button.focus();
  }

  #choose(name) {
    const address = new URL(location);
    address.searchParams.set("delivery", name); // the choice survives a reload and can be linked
    history.replaceState(null, "", address);
    this.#delivery.choose(this.#methods.find((method) => method.name === name));
    this.#show();
  }

  #measure({ page, method, connectedAt }) {
    method.meter.countMessages(page.messages.length);
    for (const message of page.messages) {
      const delay = delayOf(message, connectedAt);
      if (Number.isNaN(delay)) continue;
      method.meter.addDelay(delay);
      this.#chart.add(method, delay);
    }
    this.#show();
  }

  #show() {
    const { chosen, current } = this.#delivery;
    const delay = this.#connected ? formatDuration(current.meter.latestDelay) : "–";
    this.#button.querySelector("#chip-method").textContent = current.title;
    this.#button.querySelector("#chip-delay").textContent = delay;
    if (this.#panel.hidden) return;
    for (const method of this.#methods) this.#showCard(method);
    this.#panel.querySelector("#fallback").textContent =
      current === chosen
        ? ""
        : `${chosen.title} is unavailable right now, so this page uses ${current.title}.`;
    this.#chart.draw();
  }

  #showCard(method) {
    const { chosen, current } = this.#delivery;
    const card = this.#panel.querySelector(`.method[data-method="${method.name}"]`);
    card.querySelector("input").checked = method === chosen;
    card.classList.toggle("current", method === current);
    card.classList.toggle("unused", !method.meter.requests);
    for (const element of card.querySelectorAll("[data-metric]")) {
      element.textContent = METRICS[element.dataset.metric](method.meter);
    }
  }
}

function formatDuration(milliseconds) {
  if (milliseconds === undefined) return "–";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function formatBytes(bytes) {
  return bytes < 10_000 ? `${bytes.toLocaleString()} B` : `${(bytes / 1000).toFixed(1)} kB`;
}
