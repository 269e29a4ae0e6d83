/**
 * Keeps what the reader looks at in place while the log grows and shrinks at both ends. At the end
 * of the log, it keeps the end in view.
 *
 * Only the reader leaves the end, by scrolling up. A row that grows does not: the end comes back
 * into view before the browser paints it.
 */

const END_MARGIN = 48; // pixels from the end that count as the end

export class ScrollManager {
  #scroller;
  #list;
  #position = { top: 0, height: 0 }; // at the last scroll event, or set by this class

  /** Whether the end of the log is in view, and stays in view when the log grows. */
  atEnd = true;

  constructor(scroller, list) {
    this.#scroller = scroller;
    this.#list = list;
    scroller.classList.add("scripted");
    this.scrollToEnd();
    scroller.addEventListener("scroll", () => this.#notePosition());
    // A keyboard or the panel opens, or a picture is larger than expected.
    const observer = new ResizeObserver(() => this.#keepEnd());
    observer.observe(scroller);
    observer.observe(scroller.firstElementChild);
  }

  /** The pixels above the visible part. */
  get pixelsAbove() {
    return this.#scroller.scrollTop;
  }

  /** The pixels below the visible part. */
  get pixelsBelow() {
    const { scrollHeight, clientHeight, scrollTop } = this.#scroller;
    return scrollHeight - clientHeight - scrollTop;
  }

  /** Calls `change` without moving the visible rows. With `follow`, the end stays in view. */
  keepPosition(change, { follow }) {
    if (follow && this.atEnd) {
      change();
      this.scrollToEnd();
      return;
    }
    this.atEnd = false;
    const anchor = this.#firstVisibleText();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) {
      this.#scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    }
    this.#notePosition();
  }

  scrollToEnd() {
    this.atEnd = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#notePosition();
  }

  /** Shows a row in the middle of the visible part. */
  scrollTo(row) {
    this.atEnd = false;
    row.scrollIntoView({ block: "center", behavior: "instant" });
    this.#notePosition();
  }

  /** Returns how many rows end more than `margin` pixels above the visible part. */
  countRowsAbove(margin) {
    const limit = this.#scroller.getBoundingClientRect().top - margin;
    const rows = Array.from(this.#list.children);
    const isNear = (row) => isShown(row) && row.getBoundingClientRect().bottom > limit;
    const count = rows.findIndex(isNear);
    return count < 0 ? rows.length : count;
  }

  /** Returns how many rows start more than `margin` pixels below the visible part. */
  countRowsBelow(margin) {
    const limit = this.#scroller.getBoundingClientRect().bottom + margin;
    const rows = Array.from(this.#list.children);
    const isNear = (row) => isShown(row) && row.getBoundingClientRect().top < limit;
    return rows.length - 1 - rows.findLastIndex(isNear);
  }

  #notePosition() {
    const { scrollTop: top, scrollHeight: height } = this.#scroller;
    const movedUp = height === this.#position.height && top < this.#position.top;
    if (this.pixelsBelow < END_MARGIN) this.atEnd = true;
    else if (movedUp) this.atEnd = false;
    this.#position = { top, height };
  }

  #keepEnd() {
    if (this.atEnd) this.scrollToEnd();
    else this.#notePosition();
  }

  /** Returns the text, since the day and the name above it may go when earlier rows arrive. */
  #firstVisibleText() {
    const { top } = this.#scroller.getBoundingClientRect();
    const isVisible = (row) => isShown(row) && row.getBoundingClientRect().bottom > top;
    return Array.from(this.#list.children).find(isVisible)?.querySelector(".text, summary");
  }
}

const isShown = (row) => row.getClientRects().length > 0;
