/** The ids of the messages that the reader wrote, in any tab of this browser. */

import { loadSetting, saveSetting } from "../page/settings.js";

const LIMIT = 200; // ids kept

const load = () => new Set(JSON.parse(loadSetting("mine") ?? "[]"));

let ids = load();
addEventListener("storage", () => (ids = load()));

export const isMine = (id) => ids.has(id);

export function markAsMine(id) {
  ids.add(id);
  saveSetting("mine", JSON.stringify([...ids].slice(-LIMIT)));
}
