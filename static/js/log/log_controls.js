/** The controls of the log: earlier messages, jump to the newest, and the quotes of replies. */

export class LogControls {
  #paginator;
  #scrollManager;
  #earlier;
  #jump;

  constructor(paginator, scrollManager, { scroller, earlier, jump }) {
    this.#paginator = paginator;
    this.#scrollManager = scrollManager;
    this.#earlier = earlier;
    this.#jump = jump;
    paginator.addEventListener("change", () => this.#show());
    scroller.addEventListener("scroll", () => paginator.loadNearby());
    scroller.addEventListener("click", (event) => this.#followQuote(event));
    earlier.addEventListener("click", () => paginator.loadNearby());
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
    if (!hasEarlier) return "This is the beginning of the conversation";
    return loading ? "Loading earlier messages …" : "Earlier messages";
  }

  async #followQuote(event) {
    const quote = event.target.closest(".quote");
    if (!quote) return;
    event.preventDefault();
    const row = await this.#paginator.loadRow(quote.closest(".message").dataset.replyTo);
    if (!row) return;
    this.#scrollManager.scrollTo(row);
    row.classList.remove("highlighted");
    requestAnimationFrame(() => row.classList.add("highlighted"));
  }
}
