/** The settings of an experiment: on the page, in the address, and at the server. */

const SETTINGS = ["source", "network", "interval"];

/**
 * Dispatches `change` {name, value} when a setting changes, and `end` when a network that lasts
 * for some seconds has passed.
 */
export class Controls extends EventTarget {
  #form;
  #session;
  #timer = 0;

  /**
   * @param {HTMLFormElement} form
   * @param {Session|null} session null if the server has no lab
   */
  constructor(form, session) {
    super();
    this.#form = form;
    this.#session = session;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", ({ target }) => this.#apply(target.name, target.value));
    form.elements.interval.addEventListener("input", () => this.#showInterval());
    this.#showInterval();
  }

  /** Applies the settings in the address. */
  readAddress() {
    this.set(Object.fromEntries(new URLSearchParams(location.search)));
  }

  /** Changes settings: {network?, source?, interval?}. Ignores what does not exist. */
  set(settings) {
    for (const [name, value] of Object.entries(settings)) {
      if (!SETTINGS.includes(name)) continue;
      const control = this.#form.elements[name];
      const isKnown = Array.from(control?.length ? control : [control]).some(
        (input) => input?.type === "range" || input?.value === value,
      );
      if (!isKnown) continue;
      control.value = value;
      this.#apply(name, value);
    }
  }

  /** Milliseconds between two polls. */
  get interval() {
    return Number(this.#form.elements.interval.value);
  }

  get network() {
    return this.#form.elements.network.value;
  }

  get source() {
    return this.#form.elements.source?.value ?? "";
  }

  /** The delay of the chosen network in one direction, in milliseconds. */
  get latency() {
    return Number(this.#chosen.dataset.latency);
  }

  get #chosen() {
    return this.#form.querySelector("[name=network]:checked");
  }

  #apply(name, value) {
    if (name === "network") this.#startNetwork(value);
    if (name === "source") this.#session?.change({ source: value }).catch(() => {});
    this.#showInterval();
    this.#writeAddress();
    this.dispatchEvent(new CustomEvent("change", { detail: { name, value } }));
  }

  #startNetwork(value) {
    clearTimeout(this.#timer);
    this.#session?.change({ network: value }).catch(() => {});
    const seconds = Number(this.#chosen.dataset.lasts);
    if (seconds) this.#timer = setTimeout(() => this.#endNetwork(value), seconds * 1000);
    this.#form.querySelector("#network-sentence").textContent = this.#chosen.dataset.sentence;
  }

  #endNetwork(value) {
    this.#form.elements.network.value = "local";
    this.#form.querySelector("#network-sentence").textContent = this.#chosen.dataset.sentence;
    this.#writeAddress();
    this.dispatchEvent(new CustomEvent("end", { detail: { value } }));
  }

  #showInterval() {
    const seconds = this.interval / 1000;
    this.#form.querySelector("#interval-text").textContent = `every ${seconds} s`;
  }

  #writeAddress() {
    const address = new URL(location);
    for (const name of SETTINGS) {
      const value = this.#form.elements[name]?.value;
      if (value) address.searchParams.set(name, value);
    }
    history.replaceState(null, "", address);
  }
}
