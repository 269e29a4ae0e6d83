/** Draws the delays of messages over time, each way in its own colour. */

const WIDTH = 600;
const HEIGHT = 120;
const LEAST = 1; // milliseconds at the foot
const MOST = 10_000; // milliseconds at the top
const LINES = [1, 10, 100, 1000]; // milliseconds; the scale is logarithmic: ways differ that much

/** @param {{at: number, delay: number, way: string}[]} points of the last `span` milliseconds */
export function draw(svg, points, span) {
  const now = Date.now();
  const paths = new Map(LINES.map((delay) => [`line-${delay}`, `M0 ${y(delay)}H${WIDTH}`]));
  for (const { at, delay, way } of points) {
    const x = WIDTH * (1 - (now - at) / span);
    // A line of no length, with round ends, is a dot.
    paths.set(way, `${paths.get(way) ?? ""}M${x.toFixed(1)} ${y(delay)}h0`);
  }
  for (const path of svg.querySelectorAll("path")) {
    if (!paths.has(path.dataset.of)) path.remove();
  }
  for (const [name, d] of paths) {
    const path = svg.querySelector(`[data-of="${name}"]`) ?? svg.appendChild(newPath(name));
    path.setAttribute("d", d);
  }
}

function y(delay) {
  const part = Math.log(Math.max(delay, LEAST) / LEAST) / Math.log(MOST / LEAST);
  return (HEIGHT * (0.95 - 0.9 * Math.min(part, 1))).toFixed(1);
}

function newPath(name) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.dataset.of = name;
  return path;
}
