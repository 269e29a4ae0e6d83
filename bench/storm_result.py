"""The result of a crash storm. Every count of `errors` has to be 0."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from dialog import Message

Counts = dict[str, int]


def counts(
    messages: Sequence[Message], acknowledged: Mapping[str, str], received: Mapping[str, list[str]]
) -> Counts:
    """Return how much was written and read."""
    return {
        "messages acknowledged": len(acknowledged),
        "of those appended without the server": sum(not id_ for id_ in acknowledged.values()),
        "replies": sum(bool(message.reply_to) for message in messages),
        "messages in the dialog": len(messages),
    } | {f"received by {name}": len(ids) for name, ids in received.items()}


def errors(
    messages: Sequence[Message],
    lines: Iterable[bytes],
    acknowledged: Mapping[str, str],
    received: Mapping[str, list[str]],
) -> Counts:
    """Return how often each promise was broken.

    `lines` are those of the file, none on Redis. `acknowledged` maps a text to the id that the
    server returned, or to "" without the server. `received` maps a delivery method to its ids.
    """
    questions = [message for message in messages if message.role == "user"]
    replies = [message.reply_to for message in messages if message.reply_to]
    order = {message.id: index for index, message in enumerate(questions)}
    positions = [order.get(reply, -1) for reply in replies]
    ids = {message.text: message.id for message in questions}
    found = {
        "acknowledged, but lost": sum(text not in ids for text in acknowledged),
        "acknowledged with another id": sum(
            bool(id_) and ids.get(text) != id_ for text, id_ in acknowledged.items()
        ),
        "written twice": len(questions) - len(ids),
        "out of order": out_of_order(message.text for message in questions),
        "torn lines": sum(not is_message(line) for line in lines),
        "replies missing": len({message.id for message in questions} - set(replies)),
        "replies doubled": len(replies) - len(set(replies)),
        "replies out of order": sum(later < earlier for earlier, later in pairwise(positions)),
    }
    expected = [message.id for message in messages]
    for name, read in received.items():
        up_to_last = expected[: expected.index(read[-1]) + 1] if read else expected
        found[f"lost by {name}"] = len(set(up_to_last) - set(read))
        found[f"doubled by {name}"] = len(read) - len(set(read))
        found[f"out of order by {name}"] = int(read != up_to_last)
    return found


def out_of_order(texts: Iterable[str]) -> int:
    """Return how often a writer's later message stands before an earlier one."""
    by_writer: dict[str, list[int]] = {}
    for text in texts:
        writer, _, number = text.partition(" ")
        by_writer.setdefault(writer, []).append(int(number))
    return sum(a > b for numbers in by_writer.values() for a, b in pairwise(numbers))


def is_message(line: bytes) -> bool:
    """Return whether a line of the file is a whole message."""
    try:
        return "text" in json.loads(line)
    except ValueError:
        return False
