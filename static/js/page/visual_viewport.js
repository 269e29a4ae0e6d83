/** Keeps the page as high as its visible part, so a phone's keyboard does not cover the field. */
export function fitToVisualViewport() {
  const { visualViewport } = window;
  if (!visualViewport) return;
  visualViewport.addEventListener("resize", () => {
    if (visualViewport.scale !== 1) return; // the reader zoomed in; no keyboard opened
    document.documentElement.style.setProperty("--visible-height", `${visualViewport.height}px`);
    scrollTo(0, 0);
  });
}
