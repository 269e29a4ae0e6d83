/** Requests parts of the history, and goes on over pages without messages. */

import { messagesAfter, messagesBefore, newestMessages } from "../page/api.js";

export const loadBefore = (id, limit) => goOn(messagesBefore, id, limit);

export const loadAfter = (cursor, limit) => goOn(messagesAfter, cursor, limit);

/**
 * Requests a message and those around it.
 * @returns {Promise<{messages: object[], index: number, hasEarlier: boolean, hasLater: boolean}>}
 *     `index` is the place of the message in `messages`
 * @throws {ApiError} with status 410 if the message no longer exists
 */
export async function loadAround(id, limit) {
  const later = await loadAfter(id, limit);
  const next = later.messages[0]; // the API gives a message only as one before or after another
  const earlier = next ? await loadBefore(next.id, limit) : await newestMessages(limit);
  return {
    messages: [...earlier.messages, ...later.messages],
    index: earlier.messages.findIndex((message) => message.id === id),
    hasEarlier: earlier.more || !next,
    hasLater: later.more,
  };
}

async function goOn(request, cursor, limit) {
  let page = await request(cursor, limit);
  while (page.more && !page.messages.length) page = await request(page.next, limit);
  return page;
}
