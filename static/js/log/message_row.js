/** Creates rows from the page's templates, and reads the rows that the server rendered. */

import { createChatPicture, picturesNamedIn } from "../gallery/pictures.js";
import { cloneTemplate } from "../page/template.js";
import { createText } from "./message_text.js";
import { formatFull, formatTime } from "./times.js";

const HUES = 8;
const QUOTE_LENGTH = 200; // characters

/** Returns a new row that shows a message of the conversation. */
export function createMessageRow(message, isMine) {
  const row = cloneTemplate("message-row");
  fill(row, message);
  row.dataset.replyTo = message.reply_to ?? "";
  row.classList.toggle("mine", isMine);
  row.querySelector(".avatar").textContent = [...message.author][0];
  row.querySelector(".avatar").dataset.hue = hueOf(message.author);
  row.querySelector(".author").textContent = message.author;
  row.querySelector(".reply span").textContent = `Reply to ${message.author}`;
  const quote = row.querySelector(".quote");
  if (message.reply_to) quote.href = `#m-${message.reply_to}`;
  else quote.remove();
  row.querySelector(".bubble").append(...picturesNamedIn(message.text).map(createChatPicture));
  return row;
}

/** Returns a new row that shows a remark of the robot. */
export function createRemarkRow(message) {
  const row = cloneTemplate("remark");
  fill(row, message);
  row.dataset.author = message.author;
  return row;
}

/** Shows in the row of a reply what it answers. */
export function showQuote(row, { author, text }) {
  row.querySelector(".quoted-author").textContent = author;
  row.querySelector(".quoted-text").textContent = text.slice(0, QUOTE_LENGTH);
}

/** Shows the time of day, and the full date and time as a tooltip. */
export function showTime(element, time) {
  element.dateTime = time;
  element.textContent = formatTime(time);
  element.title = formatFull(time);
}

/** Returns the message that a row from the server shows. */
export function readMessage(row) {
  const { id, role, replyTo, author } = row.dataset;
  return {
    id,
    role,
    reply_to: replyTo || undefined,
    time: row.querySelector("time").getAttribute("datetime"),
    author: author ?? row.querySelector(".author").textContent,
    text: row.dataset.text ?? row.querySelector(".text").textContent,
  };
}

function fill(row, message) {
  row.id = `m-${message.id}`;
  row.dataset.id = message.id;
  row.dataset.role = message.role;
  row.querySelector(".text").replaceChildren(...createText(message.text));
  row.querySelector(".stamp").href = `#m-${message.id}`;
  const time = row.querySelector("time");
  showTime(time, message.time);
  time.textContent ||= "#"; // a message written by hand may have no time, but it has a link
}

/** Returns a number from 0 to 7 that is always the same for a name. */
function hueOf(name) {
  let sum = 0;
  for (const character of name) sum += character.codePointAt(0);
  return sum % HUES;
}
