"""The result of a crash storm. Every count of `errors` has to be 0."""

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise

from bench.storm_clients import Record
from dialog import Message

Counts = dict[str, int]


def counts(record: Record) -> Counts:
    """Return how much was written and read."""
    texts = {message.text for message in record.journal}
    return {
        "messages acknowledged": len(record.acknowledged),
        "ids of those used as a cursor": len(record.after),
        "lines appended without the server": len(record.echoed),
        "of those lost in a trim": len(set(record.echoed) - texts),
        "replies": sum(bool(message.reply_to) for message in record.journal),
        "messages in the dialog": len(record.journal),
    } | {f"received by {name}": len(ids) for name, ids in record.received.items()}


def errors(record: Record, lines: Sequence[bytes], newest: Sequence[str]) -> Counts:
    """Return how often each promise was broken.

    `lines` are those of the file, none on Redis. `newest` are the last ids in the dialog.
    """
    messages = record.journal
    ids = [message.id for message in messages]
    place = {id_: index for index, id_ in enumerate(ids)}
    questions = [message for message in messages if message.role == "user"]
    replies = [message.reply_to for message in messages if message.reply_to]
    id_of = {message.text: message.id for message in questions}
    found = {
        "acknowledged, but lost": len(record.acknowledged.keys() - id_of.keys()),
        "acknowledged with another id": sum(
            id_of.get(text, id_) != id_ for text, id_ in record.acknowledged.items()
        ),
        "acknowledged with an id that is no cursor": len(record.not_a_cursor),
        "acknowledged with an id that gives other messages": sum(
            ids[place[id_] + 1 :][: len(after)] != after
            for id_, after in record.after.items()
            if id_ in place
        ),
        "written twice": len(questions) - len(id_of),
        "out of order": out_of_order(message.text for message in questions),
        "torn lines": sum(not is_whole(line) for line in lines if line.strip()),
        "replies missing": len({message.id for message in questions} - set(replies)),
        "replies doubled": len(replies) - len(set(replies)),
        "replies out of order for their author": replies_out_of_order(questions, replies),
        "end of the dialog differs": int(ids[-len(newest) :] != list(newest)),
    }
    for name, read in record.received.items():
        up_to_last = ids[: place.get(read[-1], len(ids)) + 1] if read else ids
        found[f"lost by {name}"] = len(set(up_to_last) - set(read))
        found[f"doubled by {name}"] = len(read) - len(set(read))
        found[f"out of order by {name}"] = int(read != up_to_last)
    return found


def out_of_order(texts: Iterable[str]) -> int:
    """Return how often a writer's later message stands before an earlier one."""
    by_writer: dict[str, list[int]] = {}
    for text in texts:
        _, writer, number = text.split()
        by_writer.setdefault(writer, []).append(int(number))
    return sum(a > b for numbers in by_writer.values() for a, b in pairwise(numbers))


def replies_out_of_order(questions: Sequence[Message], replies: Sequence[str]) -> int:
    """Return how often a later message of an author was answered before an earlier one.

    The robot answers authors in turns, so replies to different authors have no order.
    """
    asked = {message.id: (message.author, place) for place, message in enumerate(questions)}
    by_author: dict[str, list[int]] = {}
    for author, place in (asked[reply] for reply in replies if reply in asked):
        by_author.setdefault(author, []).append(place)
    return sum(a > b for places in by_author.values() for a, b in pairwise(places))


def is_whole(line: bytes) -> bool:
    """Return whether a line of the file is whole: a message, a note or the header."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
