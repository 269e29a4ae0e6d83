/** Which messages this reader wrote: in any tab of this browser, before a reload or after. */

import { recall, remember } from "../page/settings.js";

const MOST = 200;

const read = () => JSON.parse(recall("mine") ?? "[]");

let mine = new Set(read());
addEventListener("storage", () => (mine = new Set(read())));

/** Whether the message with this id is the reader's own. */
export const isMine = (id) => mine.has(id);

/** The message with this id is the reader's own. */
export function claim(id) {
  mine.add(id);
  remember("mine", JSON.stringify([...mine].slice(-MOST)));
}
