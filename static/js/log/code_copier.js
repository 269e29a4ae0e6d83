/** The buttons that copy a block of code. */

const SHOWN = 2000; // milliseconds that a button shows the result

export function copyCodeOnClick(log, announcer) {
  log.addEventListener("click", async ({ target }) => {
    const button = target.closest(".copy-code");
    if (!button) return;
    const copied = await copy(button.parentElement.querySelector("code"));
    announcer.announce(copied ? "Copied." : "The browser does not allow copying.");
    button.dataset.state = copied ? "copied" : "failed";
    setTimeout(() => delete button.dataset.state, SHOWN);
  });
}

/** Returns whether the text of an element was copied. The clipboard needs https or localhost. */
async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy"); // deprecated, but works without https
  }
}
