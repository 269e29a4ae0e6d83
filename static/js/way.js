/** Which way of delivery the reader wants. The address keeps it, for a reload and for a link. */

import { WAYS } from "./delivery.js";

/** The way that `?delivery=` names, or the first. */
export function wayFromAddress() {
  const wanted = new URLSearchParams(location.search).get("delivery");
  return Object.hasOwn(WAYS, wanted) ? wanted : Object.keys(WAYS)[0];
}

/** Let a select choose the way, and show the one in use where it had to be another. */
export function chooseWay(select, delivery) {
  select.value = delivery.chosen;
  select.addEventListener("change", () => {
    const here = new URL(location);
    here.searchParams.set("delivery", select.value);
    history.replaceState(null, "", here);
    delivery.choose(select.value);
  });
  delivery.addEventListener("state", ({ detail }) => (select.value = detail.way));
}
