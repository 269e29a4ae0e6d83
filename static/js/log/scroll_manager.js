/**
 * Where the reader looks. The list grows and shrinks at both ends, and what is being read stays
 * where it is; at the end, the end stays in view.
 */

const NEAR = 48; // pixels from the end that count as at the end

export class Scroll {
  #scroller;
  #list;
  #wasAtEnd = true;

  constructor(scroller, list) {
    this.#scroller = scroller;
    this.#list = list;
    scroller.classList.add("live");
    this.toEnd();
    scroller.addEventListener("scroll", () => (this.#wasAtEnd = this.atEnd));
    // A keyboard or a panel opens, a picture is larger than expected.
    const observer = new ResizeObserver(() => this.#wasAtEnd && this.toEnd());
    observer.observe(scroller);
    observer.observe(scroller.firstElementChild);
  }

  /** Whether the newest messages are in view. */
  get atEnd() {
    return this.below < NEAR;
  }

  /** The pixels above what is in view. */
  get above() {
    return this.#scroller.scrollTop;
  }

  /** The pixels below what is in view. */
  get below() {
    const { scrollHeight, clientHeight, scrollTop } = this.#scroller;
    return scrollHeight - clientHeight - scrollTop;
  }

  /** Make a change of the list; at the end, `follow` it or stay. */
  keep(change, follow) {
    if (follow && this.atEnd) {
      change();
      this.toEnd();
      return;
    }
    this.#wasAtEnd = false;
    const anchor = this.#inView();
    const stood = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) {
      this.#scroller.scrollTop += anchor.getBoundingClientRect().top - stood;
    }
  }

  /** Show the end. */
  toEnd() {
    this.#wasAtEnd = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Bring a row into the middle of what is in view. */
  to(row) {
    row.scrollIntoView({ block: "center" });
  }

  #inView() {
    const { top } = this.#scroller.getBoundingClientRect();
    for (const row of this.#list.children) {
      if (row.getBoundingClientRect().bottom > top) return row;
    }
    return null;
  }
}
