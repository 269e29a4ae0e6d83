/** Makes a text area as high as its text, in browsers without `field-sizing`. */
export function growWithText(area) {
  if (CSS.supports("field-sizing", "content")) return;
  const grow = () => {
    area.style.height = "auto"; // so that the height can shrink, too
    const { borderTopWidth, borderBottomWidth } = getComputedStyle(area);
    const borders = parseFloat(borderTopWidth) + parseFloat(borderBottomWidth);
    area.style.height = `${area.scrollHeight + borders}px`;
  };
  area.addEventListener("input", grow);
  grow();
}
