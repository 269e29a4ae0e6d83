"""What is said in a dialog, as its store tells."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from redis import Redis

from dialog import Dialog, FileStore, Message, timestamp
from dialog.redis.keys import MESSAGES
from dialog.redis.store import RedisStore


def fill(dialog: Dialog, *spoken: str) -> list[Message]:
    return [dialog.append(text) for text in spoken]


def many(dialog: Dialog, *spoken: str) -> list[Message]:
    """As fill, but not each brought to the disk by itself."""
    start = dialog.newest(1).next
    by_hand(dialog, *({"time": timestamp(), "text": text} for text in spoken))
    return list(dialog.after(start, len(spoken)).messages)


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
    """Take all that was said out of it, as people do."""
    if isinstance(dialog, FileStore):
        dialog.path.write_text("")
    else:
        redis_of(dialog).delete(MESSAGES)


def size_of(dialog: Dialog) -> int:
    """How many bytes it takes."""
    if isinstance(dialog, FileStore):
        return dialog.path.stat().st_size
    return redis_of(dialog).memory_usage(MESSAGES) or 0


def redis_of(dialog: Dialog) -> "Redis":
    """A client of the server that has this dialog."""
    assert isinstance(dialog, RedisStore)
    return Redis.from_url(dialog.address, decode_responses=True)


def write(path: Path, content: str | bytes) -> None:
    """Append by hand, as `echo >>` does."""
    with path.open("ab") as file:
        file.write(content.encode() if isinstance(content, str) else content)


def cut(path: Path, end: str) -> None:
    os.truncate(path, int(end.partition("-")[0]))


def texts(messages: tuple[Message, ...]) -> list[str]:
    return [message.text for message in messages]


def follow(dialog: Dialog, cursor: str) -> Iterator[Message]:
    """Each message after the cursor, as it comes. The test's time-out is the deadline."""
    while True:
        page = dialog.after(cursor, 100)
        yield from page.messages
        cursor = page.next
        if not page.more:
            time.sleep(0.01)


def replies(dialog: Dialog, count: int) -> list[Message]:
    """The first so many replies of the robot, once they are there."""
    found = []
    for message in follow(dialog, dialog.start()):
        if message.reply_to:
            found.append(message)
        if len(found) == count:
            break
    return found


def own(dialog: Dialog, count: int) -> list[Message]:
    """The first so many messages that the robot says of its own."""
    said = (m for m in follow(dialog, dialog.start()) if m.role == "robot" and not m.reply_to)
    return [next(said) for _ in range(count)]


def answered(dialog: Dialog) -> list[str | None]:
    return [m.reply_to for m in dialog.newest(10_000).messages if m.reply_to]


def asked(dialog: Dialog) -> list[str]:
    return [m.id for m in dialog.newest(10_000).messages if m.role == "user"]
