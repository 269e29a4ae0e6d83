"""The loop that replies to people."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, NoReturn

from bot.company import company_at
from bot.conversations import Conversations, recent_conversations
from bot.pauses import Pause
from bot.replies.answering import Turn
from bot.reply_queue import ReplyQueue, Waiting
from dialog import ROBOT, BadCursor, CursorGone, Dialog, DialogError, Message
from dialog.message import NO_EXTRA
from dialog.unanswered import unanswered_start

log = logging.getLogger(__name__)

PAGE_SIZE = 500  # messages read at a time
RETRY_DELAY = 1.0  # seconds
RECENT_MESSAGES = 10_000  # read when the robot starts


class Question(NamedTuple):
    """A message that may get a reply, with what the reply depends on."""

    message: Message
    turns: Sequence[Turn]  # the conversation with its author so far
    alone: bool = True  # whether nobody else takes part in the conversation
    addressed: bool = False  # whether it answers a message of the robot


class Answer(NamedTuple):
    """The reply to a message, and further fields to store with it."""

    text: str
    extra: Mapping[str, str] = NO_EXTRA


class ReplyLoop:
    """Replies at most once to each message of a person, in turns between the authors.

    The dialog itself records which messages have a reply. It is searched again after an error,
    because the reply may have been stored in spite of the error, or by another robot. A message
    that is left to other people is left again after a restart, because that follows from the
    messages before it.
    """

    def __init__(self, dialog: Dialog, reply: Callable[[Question], Answer | None]) -> None:
        """Create the loop; `reply` returns None for a message that is left to other people."""
        self._dialog = dialog
        self._reply = reply
        self._changed = threading.Event()
        self._pause: Pause | None = None
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

    def is_quiet(self) -> bool:
        """Return whether remarks pause, or the dialog was not read yet."""
        return self._pause is None or self._pause.holds(datetime.now(UTC))

    def _follow(self) -> NoReturn:
        start = unanswered_start(self._dialog, datetime.now(UTC))
        queue = ReplyQueue(start, company_at(self._dialog, start))
        recent = self._dialog.newest(RECENT_MESSAGES).messages
        conversations = recent_conversations(recent)
        self._pause = pause = Pause(recent)
        while True:
            self._changed.clear()  # before reading, so that a later message sets it again
            page = self._dialog.after(queue.cursor, PAGE_SIZE)
            for message in page.messages:
                pause.read(message)
            queue.read(page, datetime.now(UTC))
            self.checkpoint = queue.checkpoint
            if waiting := queue.next_in_turn():
                self._reply_to(waiting, queue, conversations)
            elif queue.is_read:
                self._changed.wait()

    def _reply_to(self, waiting: Waiting, queue: ReplyQueue, conversations: Conversations) -> None:
        page = self._dialog.after(waiting.before, 1)
        message = next((m for m in page.messages if m.id == waiting.id), None)
        turns = conversations.turns(message.author) if message else []
        answer = message and self._reply(
            Question(message, turns, waiting.alone, self._answers_robot(message))
        )
        if not message or not answer:
            queue.remove(waiting.id)
            return
        stored = self._dialog.append(
            answer.text, role="robot", author=ROBOT, reply_to=message.id, extra=answer.extra
        )
        conversations.add(message, stored)

    def _answers_robot(self, message: Message) -> bool:
        """Return whether `reply_to` of a message names a message of the robot."""
        if not message.reply_to:
            return False
        try:
            before = self._dialog.before(message.reply_to, 1).messages
            start = before[-1].id if before else self._dialog.start()
            found = self._dialog.after(start, 1).messages
        except (BadCursor, CursorGone):
            return False
        return any(m.id == message.reply_to and m.role == "robot" for m in found)
