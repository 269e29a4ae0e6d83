/** The controls of the log: earlier messages, and jump to the newest. */

const UPWARD_KEYS = ["Home", "PageUp", "ArrowUp"];

export class LogControls {
  #paginator;
  #earlier;
  #jump;

  constructor(paginator, { scroller, earlier, jump }) {
    this.#paginator = paginator;
    this.#earlier = earlier;
    this.#jump = jump;
    paginator.addEventListener("change", () => this.#show());
    scroller.addEventListener("scroll", () => paginator.loadNearby());
    // A short log does not scroll, but the reader may still try to.
    const askForEarlier = () => paginator.loadNearby({ asked: true });
    earlier.addEventListener("click", askForEarlier);
    scroller.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && askForEarlier(), {
      passive: true,
    });
    scroller.addEventListener("keydown", ({ key }) => UPWARD_KEYS.includes(key) && askForEarlier());
    jump.addEventListener("click", () => paginator.jumpToNewest());
  }

  #show() {
    const { hasEarlier, atEnd, unread } = this.#paginator;
    this.#earlier.disabled = !hasEarlier; // not while loading, which would move the focus
    this.#earlier.textContent = this.#earlierText;
    this.#jump.hidden = atEnd;
    this.#jump.querySelector("span").textContent = unread ? `${unread} new` : "Jump to newest";
  }

  get #earlierText() {
    const { loading, failed, hasEarlier } = this.#paginator;
    if (failed) return "Earlier messages could not be loaded. Try again.";
    if (!hasEarlier) return "This is the beginning";
    return loading ? "Loading earlier messages …" : "Earlier messages";
  }
}
