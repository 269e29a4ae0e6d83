/** Tells remarks of the robot from messages of the conversation. */

import { isMine } from "../composer/mine.js";

/** Returns whether the robot said this on its own, not as a reply. */
export const isRemark = (message) => message.role === "robot" && !message.reply_to;

/** Returns whether a message belongs to the conversation and is not the reader's own. */
export const isFromOthers = (message) => !isRemark(message) && !isMine(message.id);
