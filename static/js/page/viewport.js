/** Keeps the page as high as what can be seen, where a phone's keyboard would cover the field. */

export function followViewport() {
  const { visualViewport: seen } = window;
  if (!seen) return;
  seen.addEventListener("resize", () => {
    if (seen.scale !== 1) return; // zoomed in by hand: that is no keyboard
    document.documentElement.style.setProperty("--visible-height", `${seen.height}px`);
    scrollTo(0, 0);
  });
}
