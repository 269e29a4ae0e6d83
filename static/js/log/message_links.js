/** Links to messages: in the address of the page, on the time of a message, and on a quote. */

const PREFIX = "#m-";
const GONE = "That message no longer exists.";
const FAILED = "The message could not be loaded. Try again.";

export class MessageLinks {
  #paginator;
  #notice;

  /** @param {Notice} notice shows why a message cannot be shown */
  constructor(paginator, scroller, notice) {
    this.#paginator = paginator;
    this.#notice = notice;
    scroller.addEventListener("click", (event) => this.#follow(event));
    addEventListener("popstate", () => {
      if (location.hash) this.showAddressed();
      else paginator.jumpToNewest().catch(() => notice.show(FAILED));
    });
  }

  /** Shows the message that the address of the page names, if it names one. */
  showAddressed() {
    const { hash } = location;
    if (hash.startsWith(PREFIX)) this.show(hash.slice(PREFIX.length));
  }

  /** Shows a message as `Paginator.show` does, and highlights it. Returns its row, or undefined. */
  async show(id, options) {
    try {
      const row = await this.#paginator.show(id, options);
      if (row) highlight(row);
      return row;
    } catch (error) {
      this.#notice.show(error.cursorIsGone ? GONE : FAILED);
      return undefined;
    }
  }

  #follow(event) {
    const link = event.target.closest(`a[href^="${PREFIX}"]`);
    const opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!link || opensElsewhere) return;
    event.preventDefault(); // the browser would scroll to the message only if it is in the log
    const { hash } = link;
    if (hash !== location.hash) history.pushState(null, "", hash);
    this.showAddressed();
  }
}

function highlight(row) {
  row.classList.remove("highlighted");
  requestAnimationFrame(() => row.classList.add("highlighted"));
}
