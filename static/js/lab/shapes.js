/** The shapes of a lane. They use the colours and the width that the context has. */

export function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** Begins a circle. */
export function circle(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

/** Fills the head of an arrow that points down (1) or up (-1). */
export function arrowHead(context, x, y, direction) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 3.5, y - 7 * direction);
  context.lineTo(x + 3.5, y - 7 * direction);
  context.fill();
}

export function cross(context, x, y, reach) {
  line(context, x - reach, y - reach, x + reach, y + reach);
  line(context, x - reach, y + reach, x + reach, y - reach);
}
