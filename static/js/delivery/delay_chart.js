/** Draws the delay of each message as a dot, in the colour of its delivery method. */

const SPAN = 120_000; // milliseconds from the left edge to the right
const WIDTH = 600; // units of the view box
const HEIGHT = 120;
const MIN_DELAY = 1; // milliseconds; the scale is logarithmic, as methods differ a thousandfold
const MAX_DELAY = 10_000; // milliseconds
const GRID = [1, 10, 100, 1000]; // milliseconds

export class DelayChart {
  #svg;
  #points = [];
  #paths = new Map(); // by method

  constructor(svg) {
    this.#svg = svg;
    for (const delay of GRID) this.#addPath("grid").setAttribute("d", `M0 ${y(delay)}H${WIDTH}`);
  }

  add(method, delay) {
    const now = Date.now();
    this.#points.push({ at: now, delay, method });
    while (now - this.#points[0].at > SPAN) this.#points.shift();
  }

  draw() {
    const now = Date.now();
    const byMethod = Map.groupBy(this.#points, ({ method }) => method);
    for (const [method, path] of this.#paths) {
      if (byMethod.has(method)) continue;
      path.remove();
      this.#paths.delete(method);
    }
    for (const [method, points] of byMethod) {
      this.#pathOf(method).setAttribute("d", points.map((point) => dot(point, now)).join(""));
    }
  }

  #pathOf(method) {
    if (!this.#paths.has(method)) {
      const path = this.#addPath("dots");
      path.dataset.method = method.name;
      path.dataset.position = method.position;
      this.#paths.set(method, path);
    }
    return this.#paths.get(method);
  }

  #addPath(className) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", className);
    return this.#svg.appendChild(path);
  }
}

/** Returns the path of a dot: a line of no length, which the style sheet gives round ends. */
function dot({ at, delay }, now) {
  const x = WIDTH * (1 - (now - at) / SPAN);
  return `M${x.toFixed(1)} ${y(delay)}h0`;
}

function y(delay) {
  const share = Math.log(Math.max(delay, MIN_DELAY) / MIN_DELAY) / Math.log(MAX_DELAY / MIN_DELAY);
  return (HEIGHT * (0.95 - 0.9 * Math.min(share, 1))).toFixed(1);
}
