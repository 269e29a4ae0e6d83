/** The controls of the log: older messages, back to the newest, what a reply answers. */

/** Let the controls show the state of the `reader`, and steer it. */
export function keepControls(reader, log, scroll, { scroller, earlier, jump }) {
  scroller.addEventListener("scroll", () => reader.scrolled());
  earlier.addEventListener("click", () => reader.scrolled());
  jump.addEventListener("click", () => reader.jump());

  reader.addEventListener("change", () => {
    earlier.disabled = !reader.hasEarlier; // not while reading: it would lose the focus
    earlier.textContent = wordsFor(reader);
    jump.hidden = reader.atEnd;
    jump.querySelector("span").textContent = reader.unread ? `${reader.unread} new` : "Newest";
  });

  scroller.addEventListener("click", async (event) => {
    const quote = event.target.closest(".quote");
    if (!quote) return;
    event.preventDefault();
    const row = await reader.find(quote.closest(".message").dataset.replyTo);
    if (!row) return;
    scroll.to(row);
    row.classList.remove("found");
    requestAnimationFrame(() => row.classList.add("found"));
  });
}

function wordsFor({ reading, failed, hasEarlier }) {
  if (failed) return "Earlier messages could not be loaded: try again";
  if (reading && hasEarlier) return "Loading earlier messages …";
  return hasEarlier ? "Earlier messages" : "Here the dialog begins";
}
