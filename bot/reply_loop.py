"""The loop that replies to people."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from bot.conversations import recent_conversations
from bot.rules.replies import Turn
from dialog import ROBOT, CursorGone, Dialog, DialogError, Message
from dialog.copying import is_answered_elsewhere

log = logging.getLogger(__name__)

PAGE_SIZE = 500  # messages read at a time
RETRY_DELAY = 1.0  # seconds


def reply_to_people(dialog: Dialog, reply: Callable[[Message, Sequence[Turn]], str]) -> None:
    """Reply once to each message of a person, in order, and never return.

    The dialog itself records which messages have a reply. It is read again after an error,
    because the reply may have been stored in spite of the error, or by another robot.
    """
    changed = threading.Event()
    cursor = None
    with dialog.watch(changed.set):
        while True:
            changed.clear()  # before reading, so that a later message sets it again
            try:
                if cursor is None:
                    # Replies are in order, so every message up to there has its reply.
                    cursor, conversations = dialog.last_answered(), recent_conversations(dialog)
                page = dialog.after(cursor, PAGE_SIZE)
                for message in page.messages:
                    if message.role == "user" and not is_answered_elsewhere(message):
                        text = reply(message, conversations.turns(message.author))
                        stored = dialog.append(
                            text, role="robot", author=ROBOT, reply_to=message.id
                        )
                        conversations.add(message, stored)
                cursor = page.next
            except CursorGone:
                log.warning(
                    "The dialog was replaced or cut. The robot continues after its last reply."
                )
                cursor = None
            except DialogError as error:
                log.warning("%s The robot tries again in %g s.", error, RETRY_DELAY)
                cursor = None
                time.sleep(RETRY_DELAY)
            else:
                if not page.more:
                    changed.wait()
