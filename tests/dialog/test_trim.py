"""Trimming a dialog to a size or an age: old messages go whole, the rest stays as it is."""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dialog import CursorGone, Dialog, FileStore, Message, open_dialog, timestamp
from tests.conftest import HERE, running, serving
from tests.delivery_methods import DeliveryMethod, polling, websocket
from tests.messages import answered, fill, many, own, replies, size_of, texts, write
from tests.waiting import until

pytestmark = pytest.mark.both


def everything(dialog: Dialog) -> list[Message]:
    return list(dialog.after(dialog.start(), 100_000).messages)


def test_kept_messages_keep_their_ids_and_dropped_ids_are_gone(dialog: Dialog) -> None:
    messages = many(dialog, *(f"{number} " + "é" * (number % 50) for number in range(1000)))
    size = size_of(dialog)
    dropped = dialog.trim(size=size // 2)
    assert dropped > 0
    assert size_of(dialog) < size // 2
    kept = everything(dialog)
    first = messages.index(kept[0])
    assert kept == messages[first:]
    assert abs(size_of(dialog) - (size - dropped)) < 5000
    for index in range(first - 1, len(messages)):
        following = tuple(messages[index + 1 : index + 2])
        assert dialog.after(messages[index].id, 1).messages == following
    for message in messages[: first - 1]:
        with pytest.raises(CursorGone):
            dialog.after(message.id, 1)
        with pytest.raises(CursorGone):
            dialog.before(message.id, 1)


def test_history_ends_at_the_first_kept_message(dialog: Dialog) -> None:
    messages = many(dialog, *map(str, range(1000)))
    dialog.trim(size=size_of(dialog) // 2)
    kept = everything(dialog)
    page = dialog.before(messages[-1].id, 100_000)
    assert page.messages == tuple(kept[:-1])
    assert not page.more
    assert dialog.before(kept[0].id, 10).messages == ()


def test_a_dialog_can_be_trimmed_many_times(dialog: Dialog) -> None:
    messages: list[Message] = []
    for _ in range(6):
        messages += many(dialog, *map(str, range(150)))
        dialog.trim(size=20_000)
        assert size_of(dialog) < 22_000
        kept = everything(dialog)
        assert kept == messages[-len(kept) :]
    assert dialog.trim(size=20_000) == 0


@pytest.mark.file
def test_messages_older_than_the_age_are_dropped(dialog: FileStore) -> None:
    def line(number: int) -> str:
        time = timestamp(86_400 * (100 - number) / 10)  # ten a day, the last now
        return json.dumps({"time": time, "text": str(number), "more": "x" * 500}) + "\n"

    write(dialog.path, "without a date\n" + "".join(line(number) for number in range(101)))
    assert dialog.trim(age=11 * 86_400) == 0
    assert dialog.trim(age=8 * 86_400) > 0
    # A trim keeps three quarters of eight days. One message is six days old to the millisecond.
    assert texts(tuple(everything(dialog)))[0] in {"40", "41"}
    assert dialog.trim(age=8 * 86_400) == 0


@pytest.mark.file
@pytest.mark.parametrize("wrong", [-40, 400], ids=["behind", "ahead"])
def test_a_wrong_clock_makes_no_young_message_old(dialog: FileStore, wrong: int) -> None:
    """For a while, the clock was wrong by so many days. The other messages are five days old."""
    days_ago = [60] * 50 + [5] * 1000 + [5 - wrong] * 3000 + [5] * 50
    write(dialog.path, "".join(aged_line(days) for days in days_ago))
    assert dialog.trim(age=30 * 86_400) > 0
    assert len(everything(dialog)) == 1000 + 3000 + 50


@pytest.mark.file
def test_messages_without_a_time_are_not_old(dialog: FileStore) -> None:
    undated = json.dumps({"text": "x" * 100}) + "\n"
    write(dialog.path, undated * 100)
    assert dialog.trim(age=30 * 86_400) == 0
    write(dialog.path, aged_line(5) + undated * 100)
    assert dialog.trim(age=30 * 86_400) == 0


def aged_line(days_ago: float) -> str:
    return json.dumps({"time": timestamp(86_400 * days_ago), "text": "x"}) + "\n"


@pytest.mark.file
def test_a_dialog_of_old_or_invalid_lines_can_be_read_after_a_trim(dialog: FileStore) -> None:
    assert dialog.trim(size=1, age=1) == 0
    for content in (
        b"",
        b"x",
        b"x\n",
        b"x" * 100_000,
        b'{"time": "1999-01-01", "text": "a"}\n' * 999,
    ):
        dialog.path.write_bytes(content)
        dialog.trim(size=1, age=1)
        message = dialog.append("b")
        assert dialog.newest(1).messages == (message,)
        assert dialog.after(dialog.start(), 10_000).messages[-1] == message


@pytest.mark.file
def test_a_head_cut_by_hand_does_not_hide_later_messages(dialog: FileStore) -> None:
    many(dialog, *map(str, range(100)))
    dialog.trim(size=5000)
    head = dialog.path.read_bytes().partition(b"\n")[0]
    for left in head[:9], head, head + b"\n", head + b'\n{"text": "a"}\n':
        dialog.path.write_bytes(left)
        assert dialog.newest(1).messages == ()
        assert dialog.surviving_cursor(dialog.start()) == dialog.start()
        *_, last = fill(dialog, *map(str, range(20)))
        assert dialog.newest(1).messages == (last,)
        assert everything(dialog)[-1] == last


def test_a_nonce_is_known_as_long_as_its_message_is_kept(dialog: Dialog, address: str) -> None:
    first = dialog.append("first", nonce="1")
    many(dialog, *map(str, range(1000)))
    last = dialog.append("last", nonce="2")
    dialog.trim(size=20_000)
    for opened in dialog, open_dialog(address):
        assert opened.append("last", nonce="2") == last
    assert open_dialog(address).append("first", nonce="1") != first


@pytest.mark.file
def test_a_dialog_replaced_before_the_trim_is_left_alone(dialog: FileStore, tmp_path: Path) -> None:
    many(dialog, *map(str, range(100)))

    class ReplacedBeforeTheLock(FileStore):
        """Its file is replaced just before it takes the lock."""

        @contextlib.contextmanager
        def _locked(self) -> Iterator[None]:
            (tmp_path / "other").write_text('{"text": "other"}\n')
            (tmp_path / "other").replace(self.path)
            with super()._locked():
                yield

    assert ReplacedBeforeTheLock(dialog.path).trim(size=5000) == 0
    assert texts(dialog.newest(9).messages) == ["other"]


@pytest.mark.parametrize("method", [polling, websocket])
def test_a_trim_disturbs_neither_readers_nor_writers_nor_the_robot(
    dialog: Dialog, address: str, method: DeliveryMethod
) -> None:
    written = threading.Event()

    def keep_trimming() -> int:
        times = 0
        while not written.wait(0.01):
            times += dialog.trim(size=30_000) > 0
        return times

    with (
        serving(address) as server,
        running("robot.py", "--dialog", address),
        ThreadPoolExecutor() as pool,
    ):
        pages = method(server, server.cursor())
        received: list[dict[str, str]] = []
        trims = pool.submit(keep_trimming)
        asked = []
        for number in range(60):
            asked.append(server.say(f"hello {number} " + "x" * 1900)["id"])
            while sum("reply_to" in message for message in received) <= number:
                received += next(pages)["messages"]
        written.set()
        assert trims.result() >= 3
    assert [m["id"] for m in received if m["role"] == "user"] == asked
    assert [m["reply_to"] for m in received if "reply_to" in m] == asked


def test_the_server_keeps_its_dialog_within_a_size(dialog: Dialog, address: str) -> None:
    messages = many(dialog, *map(str, range(1000)))
    with serving(address, "--keep", "20kB", "30d") as server:
        until(lambda: size_of(dialog) < 20_000)
        for message, expected in (messages[0], 410), (messages[-1], 200):
            answer = server.client.get("/messages", params={"after": message.id})
            assert answer.status_code == expected


@pytest.mark.parametrize("bound", ["1", "GB", "-1GB", "0d", "1TB", "nanGB", "1GBd"])
def test_an_invalid_bound_is_refused(path: Path, bound: str) -> None:
    command = [sys.executable, "server.py", "--dialog", str(path), f"--keep={bound}"]
    ended = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "--keep" in ended.stderr


def test_a_robot_that_returns_after_a_trim_answers_each_kept_message_once(
    dialog: Dialog, address: str
) -> None:
    """The robot's last reply is kept, but the message that it answered is dropped."""
    old, *_ = many(dialog, *map(str, range(200)))
    dialog.append("done", role="robot", reply_to=old.id)
    new = many(dialog, "new")
    dialog.trim(size=10_000)
    kept = [message.id for message in everything(dialog) if message.role == "user"]
    assert old.id not in kept
    with running("robot.py", "--dialog", address):
        replies(dialog, len(kept) + 1)
        own(dialog, 1)
    assert answered(dialog)[1:] == kept
    assert kept[-1] == new[0].id
