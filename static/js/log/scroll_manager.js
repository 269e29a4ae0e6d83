/**
 * Keeps what the reader looks at in place while the log grows and shrinks at both ends. At the end
 * of the log, it keeps the end in view.
 */

const END_MARGIN = 48; // pixels from the end that count as the end

export class ScrollManager {
  #scroller;
  #list;
  #wasAtEnd = true;

  constructor(scroller, list) {
    this.#scroller = scroller;
    this.#list = list;
    scroller.classList.add("scripted");
    this.scrollToEnd();
    scroller.addEventListener("scroll", () => (this.#wasAtEnd = this.atEnd));
    // A keyboard or the panel opens, or a picture is larger than expected.
    const observer = new ResizeObserver(() => this.#wasAtEnd && this.scrollToEnd());
    observer.observe(scroller);
    observer.observe(scroller.firstElementChild);
  }

  get atEnd() {
    return this.pixelsBelow < END_MARGIN;
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
    this.#wasAtEnd = false;
    const anchor = this.#firstVisibleRow();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) {
      this.#scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    }
  }

  scrollToEnd() {
    this.#wasAtEnd = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  scrollTo(row) {
    row.scrollIntoView({ block: "center" });
  }

  #firstVisibleRow() {
    const { top } = this.#scroller.getBoundingClientRect();
    return Array.from(this.#list.children).find((row) => row.getBoundingClientRect().bottom > top);
  }
}
