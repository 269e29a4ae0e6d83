"""The promise of a dialog under random operations, on both stores.

With PROMISE_EXAMPLES=5000 it runs longer, on new examples, and shortens one that fails.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dialog import CursorGone, Dialog, FileStore, Message, open_dialog
from tests.messages import by_hand, emptied, redis_of, size_of, write
from tests.proofs.promise import Cursor, Model

EXAMPLES = 50
STEPS = 40
OBJECTS = 3  # stores of the same dialog, as in several processes
THREADS = 3

sizes = st.sampled_from([1, 1, 300, 1500])  # characters of a message
limits = st.sampled_from([1, 2, 3, 100])
stores = st.integers(0, OBJECTS - 1)


class Promise(RuleBasedStateMachine):
    """Does to a dialog what writers, people and operators do, and checks each cursor."""

    address: str
    cursors = Bundle("cursors")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.number = 0
        self.nonces: list[str] = []
        self.open_line: str | None = None  # the text of a last line that has no newline
        self.has_open_line = False
        self.dialogs = [open_dialog(self.address) for _ in range(OBJECTS)]
        if isinstance(self.dialogs[0], FileStore):
            self.dialogs[0].path.unlink(missing_ok=True)
        else:
            redis_of(self.dialogs[0]).flushdb()

    @property
    def lost(self) -> list[str]:
        """The messages with a nonce that were cut off since, not trimmed away."""
        there = [*self.model.texts, *self.model.trimmed]
        return [text for text in self.nonces if text not in there]

    @property
    def path(self) -> Path:
        return Path(self.address)

    def is_file(self) -> bool:
        return isinstance(self.dialogs[0], FileStore)

    def text(self, size: int) -> str:
        """Return a new text, whose end is new, too: a cursor covers only the last kilobyte."""
        self.number += 1
        return f" {self.number}".rjust(size, "x")

    def close_line(self) -> None:
        """Do in the model what the next append does with a line that was left open."""
        if self.open_line:
            self.model.texts.append(self.open_line)
        self.open_line, self.has_open_line = None, False

    def read_all(self, dialog: Dialog, cursor: str, limit: int) -> tuple[list[Message], str]:
        messages: list[Message] = []
        more = True
        while more:
            page = dialog.after(cursor, limit)
            assert len(page.messages) <= limit
            messages += page.messages
            cursor, more = page.next, page.more
        return messages, cursor

    # Writing.

    @initialize(target=cursors)
    def at_the_start(self) -> Cursor:
        return self.model.cursor(self.dialogs[0].start(), 0)

    @rule(target=cursors, store=stores, size=sizes, count=st.integers(1, 3))
    def append(self, store: int, size: int, count: int) -> MultipleResults[Cursor]:
        self.close_line()
        messages = [self.dialogs[store].append(self.text(size)) for _ in range(count)]
        for message in messages:
            self.model.acknowledge(message)
        return multiple(*self.model.cursors(messages))

    @rule(store=stores, other=stores, size=sizes)
    def append_twice_with_a_nonce(self, store: int, other: int, size: int) -> None:
        self.close_line()
        text = self.text(size)
        message = self.dialogs[store].append(text, nonce=text)
        self.model.acknowledge(message)
        self.nonces.append(text)
        assert self.dialogs[other].append("again", nonce=text).id == message.id

    @precondition(lambda self: self.model.texts)
    @rule(store=stores, data=st.data())
    def retry(self, store: int, data: st.DataObject) -> None:
        """Append again what has a nonce, if the first one is still there."""
        text = data.draw(st.sampled_from(self.model.texts))
        stored = self.read_all(self.dialogs[store], self.dialogs[store].start(), 100)[0]
        if next(message for message in stored if message.text == text).nonce:
            self.close_line()
            id_ = self.dialogs[store].append(text, nonce=text).id
            assert self.model.ids.setdefault(text, id_) == id_

    @precondition(lambda self: self.lost)
    @rule(store=stores, data=st.data())
    def retry_what_was_cut_off(self, store: int, data: st.DataObject) -> None:
        text = data.draw(st.sampled_from(self.lost))
        self.close_line()
        message = self.dialogs[store].append(text, nonce=text)
        if text in self.model.texts:  # only its newline had been cut off
            self.model.ids[text] = message.id
        else:
            self.model.acknowledge(message)

    @rule(size=sizes)
    def append_from_threads(self, size: int) -> None:
        self.close_line()
        texts = [[self.text(size) for _ in range(3)] for _ in range(THREADS)]
        with ThreadPoolExecutor() as pool:
            done = pool.map(lambda d, each: [d.append(t) for t in each], self.dialogs, texts)
            by_text = {message.text: message for own in done for message in own}
        stored = self.read_all(self.dialogs[0], self.dialogs[0].start(), 100)[0]
        new = [message for message in stored if message.text in by_text]
        for own in texts:
            assert [message.text for message in new if message.text in own] == own
        for message in new:
            self.model.acknowledge(by_text[message.text])

    @rule(size=sizes)
    def append_by_hand(self, size: int) -> None:
        if self.has_open_line:
            write(self.path, "\n")
        self.close_line()
        text = self.text(size)
        by_hand(self.dialogs[0], {"text": text})
        self.model.texts.append(text)

    @rule()
    def append_what_is_no_message(self) -> None:
        if not self.has_open_line:
            by_hand(self.dialogs[0], {"no": "text"})

    @precondition(lambda self: self.is_file() and not self.has_open_line)
    @rule(is_whole=st.booleans())
    def leave_a_line_open(self, is_whole: bool) -> None:
        text = self.text(1)
        line = json.dumps({"text": text})
        write(self.path, line if is_whole else line[:-3])
        self.open_line, self.has_open_line = text if is_whole else None, True

    # Operators.

    @rule(store=stores)
    def restart(self, store: int) -> None:
        self.dialogs[store] = open_dialog(self.address)

    @precondition(lambda self: self.model.texts)
    @rule(store=stores, kept=st.floats(0.1, 0.9))
    def trim(self, store: int, kept: float) -> None:
        self.dialogs[store].trim(size=size_of(self.dialogs[store]) * kept)
        messages, _ = self.read_all(self.dialogs[store], self.dialogs[store].start(), 100)
        self.model.trim(messages)

    @rule()
    def empty(self) -> None:
        emptied(self.dialogs[0])
        self.open_line, self.has_open_line = None, False
        self.model.replace()

    @precondition(lambda self: self.is_file() and self.model.texts)
    @rule(data=st.data(), torn=st.integers(0, 12))
    def cut(self, data: st.DataObject, torn: int) -> None:
        """Cut the file behind a message, or up to 12 bytes before its end."""
        kept = data.draw(st.integers(1, len(self.model.texts)))
        text = json.dumps(self.model.texts[kept - 1]).encode()
        content = self.path.read_bytes()
        end = content.index(b"\n", content.index(text)) + 1
        os.truncate(self.path, end - torn)
        self.model.cut(kept if torn == 0 else kept - 1)
        self.open_line, self.has_open_line = None, torn > 0
        if torn == 1:
            self.open_line = json.loads(text)

    # Reading.

    @rule(target=cursors, store=stores, cursor=cursors, limit=limits)
    def read_on(self, store: int, cursor: Cursor, limit: int) -> MultipleResults[Cursor]:
        try:
            messages, end = self.read_all(self.dialogs[store], cursor.value, limit)
        except CursorGone:
            self.model.check_gone(cursor)
            return multiple()
        self.model.check_read(cursor, messages)
        return multiple(self.model.cursor(end, self.model.end))

    @rule(target=cursors, store=stores, limit=limits)
    def read_the_history(self, store: int, limit: int) -> MultipleResults[Cursor]:
        page = self.dialogs[store].newest(limit)
        self.model.check(self.model.texts[-limit:], list(page.messages))
        if page.messages:
            before = self.dialogs[store].before(page.messages[0].id, limit)
            older = self.model.texts[: -len(page.messages)][-limit:]
            self.model.check(older, list(before.messages))
        return multiple(
            self.model.cursor(page.next, self.model.end),
            self.model.cursor(self.dialogs[store].end(), self.model.end),
            self.model.cursor(self.dialogs[store].start(), self.model.first),
        )


@pytest.mark.both
@pytest.mark.timeout(0 if "PROMISE_EXAMPLES" in os.environ else 180)
def test_a_cursor_gives_everything_once_and_in_order_or_is_gone(address: str) -> None:
    examples = int(os.environ.get("PROMISE_EXAMPLES", EXAMPLES))
    is_short = examples == EXAMPLES
    run_state_machine_as_test(
        type("PromiseHere", (Promise,), {"address": address}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            derandomize=is_short,
            # Shortening takes minutes, and a test may not.
            phases=[Phase.generate] if is_short else [Phase.generate, Phase.shrink],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
