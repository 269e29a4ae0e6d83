/** The ids of the messages that the reader wrote, in any tab of this browser. */

import { settings } from "../page/settings.js";

const LIMIT = 200; // ids kept

const load = () => new Set(settings.loadList("mine"));

let ids = load();
addEventListener("storage", () => (ids = load()));

export const isMine = (id) => ids.has(id);

export function markAsMine(id) {
  ids.add(id);
  settings.saveList("mine", [...ids].slice(-LIMIT));
}
