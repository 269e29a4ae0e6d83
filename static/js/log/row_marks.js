/** Marks rows by what stands above them: days, joined messages, quotes and the unread line. */

import { formatDay } from "./times.js";

const JOIN_WITHIN = 5 * 60_000; // milliseconds between two messages of one author

/**
 * Marks the rows of `entries`. The first entry of a day names the day. Messages that one author
 * wrote in a row are joined. A reply to the message directly above it needs no quote.
 * @param {object[]} entries those that are shown
 * @param {string} [seenUntil] the time of the last message that the reader has seen
 */
export function markRows(entries, seenUntil) {
  let date = "";
  let previous;
  for (const entry of entries) {
    const startsDay = Boolean(entry.date) && entry.date !== date;
    const { dataset, classList } = entry.node;
    if (startsDay) dataset.day = formatDay(entry.time);
    else delete dataset.day;
    classList.toggle("joined", !startsDay && continues(entry, previous));
    classList.toggle("answers-previous", Boolean(previous) && entry.answers === previous.first);
    if (startsDay) date = entry.date;
    previous = entry;
  }
  markUnread(entries, seenUntil);
}

/** Marks the first message that is new to the reader, if the last one they saw is here, too. */
function markUnread(entries, seenUntil) {
  const isNew = ({ time }) => Boolean(seenUntil) && time > seenUntil;
  const isUnread = (entry) => entry.isFromOthers && isNew(entry);
  const firstUnread = isNew(entries[0] ?? {}) ? undefined : entries.find(isUnread);
  for (const entry of entries) entry.node.classList.toggle("unread", entry === firstUnread);
  firstUnread?.node.classList.remove("joined"); // the line parts it from the one above
}

/** Returns whether an entry is from the author of the previous one and shortly after it. */
function continues(entry, previous) {
  const sameSpeaker = Boolean(entry.speaker) && entry.speaker === previous?.speaker;
  return sameSpeaker && Date.parse(entry.time) - Date.parse(previous.time) < JOIN_WITHIN;
}
