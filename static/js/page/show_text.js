/** Shows a text in an element. An unchanged text is not written, as that would cost a layout. */
export function showText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
