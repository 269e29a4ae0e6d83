/**
 * Where the reader looks. The list grows and shrinks at both ends, and what is being read stays
 * where it is.
 *
 * The scroller's direction is reversed: its position is 0 at the end, and negative above.
 */

const NEAR = 48; // pixels from the end that count as at the end

export class Scroll {
  #scroller;
  #list;

  constructor(scroller, list) {
    this.#scroller = scroller;
    this.#list = list;
  }

  /** Whether the newest messages are in view. */
  get atEnd() {
    return this.below < NEAR;
  }

  /** The pixels below what is in view. */
  get below() {
    return -this.#scroller.scrollTop;
  }

  /** The pixels above what is in view. */
  get above() {
    return this.#scroller.scrollHeight - this.#scroller.clientHeight - this.below;
  }

  /** Make a change of the list; at the end, `follow` it or stay. */
  keep(change, follow) {
    if (follow && this.atEnd) {
      change();
      this.toEnd();
      return;
    }
    const anchor = this.#inView();
    const stood = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) {
      this.#scroller.scrollTop += anchor.getBoundingClientRect().top - stood;
    }
  }

  /** Show the newest messages. */
  toEnd() {
    this.#scroller.scrollTop = 0;
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
