/** Lets a slash go to the message field, unless the reader is writing or looks at a picture. */
export function listenForSlash(focusField) {
  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (key !== "/" || ctrlKey || metaKey || altKey) return;
    if (target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog")) return;
    event.preventDefault(); // the slash itself, and the search of Firefox
    focusField();
  });
}
