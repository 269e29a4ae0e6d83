"""The loop that replies to people."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NoReturn

from bot.conversations import Conversations, recent_conversations
from bot.reply_queue import ReplyQueue, Waiting
from bot.rules.replies import Turn
from dialog import ROBOT, CursorGone, Dialog, DialogError, Message
from dialog.unanswered import unanswered_start

log = logging.getLogger(__name__)

PAGE_SIZE = 500  # messages read at a time
RETRY_DELAY = 1.0  # seconds


class ReplyLoop:
    """Replies once to each message of a person, in turns between the authors.

    The dialog itself records which messages have a reply. It is searched again after an error,
    because the reply may have been stored in spite of the error, or by another robot.
    """

    def __init__(self, dialog: Dialog, reply: Callable[[Message, Sequence[Turn]], str]) -> None:
        """Create the loop; `reply` gets a message and the conversation with its author."""
        self._dialog = dialog
        self._reply = reply
        self._changed = threading.Event()
        self.checkpoint: str | None = None  # the cursor before which no message needs a reply

    def run(self) -> NoReturn:
        """Reply until the process ends."""
        with self._dialog.watch(self._changed.set):
            while True:
                try:
                    self._follow()
                except CursorGone:
                    log.warning(
                        "The dialog was replaced, cut or trimmed. The robot searches it again for "
                        "messages without a reply."
                    )
                except DialogError as error:
                    log.warning("%s The robot tries again in %g s.", error, RETRY_DELAY)
                    time.sleep(RETRY_DELAY)

    def _follow(self) -> NoReturn:
        queue = ReplyQueue(unanswered_start(self._dialog, datetime.now(UTC)))
        conversations = recent_conversations(self._dialog)
        while True:
            self._changed.clear()  # before reading, so that a later message sets it again
            queue.read(self._dialog.after(queue.cursor, PAGE_SIZE), datetime.now(UTC))
            self.checkpoint = queue.checkpoint
            if waiting := queue.next_in_turn():
                self._reply_to(waiting, queue, conversations)
            elif queue.is_read:
                self._changed.wait()

    def _reply_to(self, waiting: Waiting, queue: ReplyQueue, conversations: Conversations) -> None:
        page = self._dialog.after(waiting.before, 1)
        message = next((m for m in page.messages if m.id == waiting.id), None)
        if not message:
            queue.remove(waiting.id)
            return
        text = self._reply(message, conversations.turns(message.author))
        stored = self._dialog.append(text, role="robot", author=ROBOT, reply_to=message.id)
        conversations.add(message, stored)
