/** The time line that all lanes share: it moves, pauses, and steps from mark to mark. */

const KEPT = 120_000; // milliseconds before now, and around a pause
const FORGET_INTERVAL = 1000; // milliseconds
const CALM_INTERVAL = 1000; // milliseconds between two pictures for readers who want little motion
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Timeline extends EventTarget {
  #tracks;
  #written;
  #pausedAt = null;
  #selected = null;
  #drawnAt = 0;

  /**
   * @param {Track[]} tracks
   * @param {Written} written
   */
  constructor(tracks, written) {
    super();
    this.#tracks = tracks;
    this.#written = written;
    for (const track of tracks) {
      track.addEventListener("pick", ({ detail }) => this.select(detail.mark, detail.lane));
      track.addEventListener("step", ({ detail }) => this.step(detail.direction, track));
    }
    requestAnimationFrame(() => this.#draw());
    setInterval(() => this.#forget(), FORGET_INTERVAL);
  }

  get isPaused() {
    return this.#pausedAt !== null;
  }

  pause() {
    this.#pausedAt ??= Date.now();
    this.dispatchEvent(new Event("pause"));
  }

  resume() {
    this.#pausedAt = null;
    this.#selected = null;
    this.dispatchEvent(new Event("pause"));
  }

  /** Shows a mark and what it stands for. */
  select(mark, lane) {
    this.#selected = mark;
    this.dispatchEvent(new CustomEvent("select", { detail: { mark, lane } }));
  }

  /** Pauses, and moves to the next mark (1) or the one before (-1), of one track or of all. */
  step(direction, track = null) {
    const at = this.#selected?.at ?? this.#pausedAt ?? Date.now();
    this.pause();
    const found = (track ? [track] : this.#tracks)
      .map((each) => ({ lane: each.lane, mark: neighbour(each, at, this.#selected, direction) }))
      .filter(({ mark }) => mark)
      .sort((a, b) => direction * (a.mark.at - b.mark.at))[0];
    if (!found) return;
    this.#pausedAt = found.mark.at;
    this.select(found.mark, found.lane);
  }

  /** Forgets what is long past. A pause may be long, so what it shows stays. */
  #forget() {
    const now = Date.now();
    const shown = this.#pausedAt ?? now;
    const isKept = (at) => now - at <= KEPT || Math.abs(shown - at) <= KEPT;
    for (const { lane } of this.#tracks) lane.log.forget(isKept);
    this.#written.forget(isKept);
  }

  #draw() {
    requestAnimationFrame(() => this.#draw());
    const now = Date.now();
    if (calm.matches && now - this.#drawnAt < CALM_INTERVAL && !this.isPaused) return;
    this.#drawnAt = now;
    for (const track of this.#tracks) track.draw(this.#pausedAt ?? now, this.#selected);
  }
}

/** Returns the mark of a track next to a time. Marks at the same time follow one another. */
function neighbour({ lane }, at, selected, direction) {
  const { marks } = lane.log;
  const index = marks.indexOf(selected);
  if (index >= 0) return marks[index + direction];
  return direction > 0 ? marks.find((mark) => mark.at > at) : marks.findLast((mark) => mark.at < at);
}
