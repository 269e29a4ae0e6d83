/** A message as a row: made from the page's templates, and read back from the page. */

import { picturesNamedIn, shownPicture } from "../gallery/pictures.js";
import { fromTemplate } from "../page/templates.js";
import { nodesOf } from "./linkify.js";
import { clock, full } from "./times.js";

const HUES = 8;
const QUOTED = 200; // characters of the message that a reply answers

/** Whether the robot said this of its own accord, not as a reply. */
export const isChatter = (message) => message.role === "robot" && !message.reply_to;

/** A new row that shows what was said in a conversation; `mine` when this reader wrote it. */
export function rowOf(message, mine) {
  const row = fromTemplate("row");
  row.id = `m-${message.id}`;
  fill(row, message);
  row.dataset.replyTo = message.reply_to ?? "";
  row.classList.toggle("mine", mine);
  row.querySelector(".avatar").textContent = [...message.author][0];
  row.querySelector(".avatar").dataset.hue = hueOf(message.author);
  row.querySelector(".author").textContent = message.author;
  const quote = row.querySelector(".quote");
  if (message.reply_to) quote.href = `#m-${message.reply_to}`;
  else quote.remove();
  row.querySelector(".bubble").append(...picturesNamedIn(message.text).map(shownPicture));
  return row;
}

/** A new row that shows a remark of the robot's. */
export function remarkOf(message) {
  const row = fromTemplate("remark");
  fill(row, message);
  row.dataset.author = message.author;
  return row;
}

/** Let a reply's row show what it answers. */
export function quote(row, { author, text }) {
  row.querySelector(".whom").textContent = author;
  row.querySelector(".what").textContent = text.slice(0, QUOTED);
}

/** Show a moment in the reader's zone, in full for the pointer that rests on it. */
export function showTime(element, time) {
  element.dateTime = time;
  element.textContent = clock(time);
  element.title = full(time);
}

/** The message that a row of the server's shows. */
export function messageOf(row) {
  const { id, role, replyTo, author } = row.dataset;
  return {
    id,
    role,
    reply_to: replyTo || undefined,
    time: row.querySelector("time").getAttribute("datetime"),
    author: author ?? row.querySelector(".author").textContent,
    text: row.querySelector(".text").textContent,
  };
}

function fill(row, message) {
  row.dataset.id = message.id;
  row.dataset.role = message.role;
  row.querySelector(".text").replaceChildren(...nodesOf(message.text));
  showTime(row.querySelector("time"), message.time);
}

/** The same name always has the same colour. */
function hueOf(name) {
  let sum = 0;
  for (const character of name) sum += character.codePointAt(0);
  return sum % HUES;
}
