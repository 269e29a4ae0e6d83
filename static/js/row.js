/** A message as a row of the log: made from the page's template, and read back from the page. */

import { nodesOf } from "./text.js";
import { clock, full } from "./times.js";

const TEMPLATE = document.querySelector("#row").content;
const HUES = 8;

/** A new row that shows `message`; `mine` when this reader wrote it. */
export function rowOf(message, mine) {
  const row = TEMPLATE.cloneNode(true).firstElementChild;
  row.dataset.id = message.id ?? "";
  row.dataset.role = message.role;
  row.dataset.replyTo = message.reply_to ?? "";
  row.classList.toggle("mine", mine);
  row.querySelector(".avatar").textContent = [...message.author][0];
  row.querySelector(".avatar").dataset.hue = hueOf(message.author);
  row.querySelector(".author").textContent = message.author;
  row.querySelector(".text").replaceChildren(...nodesOf(message.text));
  const time = row.querySelector("time");
  time.dateTime = message.time;
  time.textContent = clock(message.time);
  time.title = full(message.time);
  return row;
}

/** The message that a row of the server's shows. */
export function messageOf(row) {
  const { id, role, replyTo } = row.dataset;
  return {
    id,
    role,
    reply_to: replyTo || undefined,
    time: row.querySelector("time").getAttribute("datetime"),
    author: row.querySelector(".author").textContent,
    text: row.querySelector(".text").textContent,
  };
}

/** The same name always has the same colour. */
function hueOf(name) {
  let sum = 0;
  for (const character of name) sum += character.codePointAt(0);
  return sum % HUES;
}
