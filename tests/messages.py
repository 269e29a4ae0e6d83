"""Writing messages into a dialog and reading them back, whichever store has it."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from redis import Redis

from dialog import Dialog, FileStore, Message, timestamp
from dialog.redis.keys import MESSAGES
from dialog.redis.store import RedisStore


def fill(dialog: Dialog, *lines: str) -> list[Message]:
    """Append a message for each text and return them."""
    return [dialog.append(text) for text in lines]


def many(dialog: Dialog, *lines: str) -> list[Message]:
    """Append a message for each text, without a flush for each message."""
    start = dialog.newest(1).next
    by_hand(dialog, *({"time": timestamp(), "text": text} for text in lines))
    return list(dialog.after(start, len(lines)).messages)


def by_hand(dialog: Dialog, *lines: Mapping[str, str]) -> None:
    """Append as people do, with `echo >>` or XADD."""
    if isinstance(dialog, FileStore):
        write(dialog.path, "".join(json.dumps(line) + "\n" for line in lines))
    else:
        with redis_of(dialog).pipeline(transaction=False) as pipeline:
            for line in lines:
                pipeline.xadd(MESSAGES, dict(line.items()))
            pipeline.execute()


def emptied(dialog: Dialog) -> None:
    """Remove all messages, as people do."""
    if isinstance(dialog, FileStore):
        dialog.path.write_text("")
    else:
        redis_of(dialog).delete(MESSAGES)


def size_of(dialog: Dialog) -> int:
    """Return the size of the dialog in bytes."""
    if isinstance(dialog, FileStore):
        return dialog.path.stat().st_size
    return redis_of(dialog).memory_usage(MESSAGES) or 0


def redis_of(dialog: Dialog) -> "Redis":
    """Return a client of the server that has this dialog."""
    assert isinstance(dialog, RedisStore)
    return Redis.from_url(dialog.address, decode_responses=True)


def write(path: Path, content: str | bytes) -> None:
    """Append to a file, as `echo >>` does."""
    with path.open("ab") as file:
        file.write(content.encode() if isinstance(content, str) else content)


def cut(path: Path, cursor: str) -> None:
    """Cut a dialog file at a cursor."""
    os.truncate(path, int(cursor.partition("-")[0]))


def texts(messages: tuple[Message, ...]) -> list[str]:
    """Return the text of each message."""
    return [message.text for message in messages]


def follow(dialog: Dialog, cursor: str) -> Iterator[Message]:
    """Yield each message after the cursor as soon as it is appended, until the test times out."""
    while True:
        page = dialog.after(cursor, 100)
        yield from page.messages
        cursor = page.next
        if not page.more:
            time.sleep(0.01)


def replies(dialog: Dialog, count: int) -> list[Message]:
    """Wait for the first `count` replies of the robot and return them."""
    found = (message for message in follow(dialog, dialog.start()) if message.reply_to)
    return [next(found) for _ in range(count)]


def own(dialog: Dialog, count: int) -> list[Message]:
    """Wait for the first `count` remarks of the robot and return them."""
    messages = follow(dialog, dialog.start())
    found = (m for m in messages if m.role == "robot" and not m.reply_to)
    return [next(found) for _ in range(count)]


def answered(dialog: Dialog) -> list[str | None]:
    """Return the ids of the messages that have replies, in the order of the replies."""
    return [m.reply_to for m in dialog.newest(10_000).messages if m.reply_to]


def asked(dialog: Dialog) -> list[str]:
    """Return the ids of the messages that people wrote, in order."""
    return [m.id for m in dialog.newest(10_000).messages if m.role == "user"]
