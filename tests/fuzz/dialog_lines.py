"""Random and mutated lines in a dialog file.

Reading them must raise no exception. The messages between them are read whole, once and in order.
"""

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dialog import FileStore, Message, to_json
from dialog.message import from_line, to_line

LINES_IN_FILE = 50

MESSAGE = (
    b'{"time": "2026-11-23T09:40:00.123Z", "role": "robot", "text": "h\xc3\xa9", "reply_to": "7-x"}'
)
PIECES = [b'"', b"{", b"}", b"[", b"\\", b"\\ud800", b"\0", b"\xff", b"\xc3", b"null", b"9" * 30]
PIECES += [b"text", b"nonce", b'"role": "robot"', b"\xe2\x80\xa8", b"1e999", b"\r", b",", b":"]
PIECES += [b"NaN"]


def mutated_line(random: Random) -> bytes:
    """Return a message with a few bytes changed, dropped or doubled, without a newline."""
    line = bytearray(MESSAGE)
    for _ in range(random.randint(1, 5)):
        start = random.randrange(len(line) + 1)
        end = start + random.choice([0, 0, 1, 3, 20])
        line[start:end] = random.choice([b"", bytes([random.randrange(256)]), *PIECES])
    return bytes(line).replace(b"\n", b"")


def fuzz_lines(count: int) -> int:
    """Read `count` lines. Returns how many of them were messages.

    Raises AssertionError if a message between them was lost, torn or read twice.
    """
    messages = 0
    lines = st.lists(
        st.binary(max_size=200).map(lambda line: line.replace(b"\n", b"")),
        min_size=LINES_IN_FILE // 2,
        max_size=LINES_IN_FILE // 2,
    )

    @settings(
        max_examples=count // LINES_IN_FILE,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(lines, st.integers(0, 2**32))
    def check(random_lines: list[bytes], seed: int) -> None:
        nonlocal messages
        random = Random(seed)
        malformed = random_lines + [
            mutated_line(random) for _ in range(LINES_IN_FILE - len(random_lines))
        ]
        random.shuffle(malformed)
        good = [f"good {number}" for number in range(len(malformed))]
        between = [to_line({"text": text}) for text in good]
        path.write_bytes(b"".join(a + b"\n" + b for a, b in zip(malformed, between, strict=True)))
        texts = [message.text for message in read_all(dialog, random.randint(1, 30))]
        assert [text for text in texts if text.startswith("good ")] == good
        assert len(texts) == len(good) + sum(map(is_message, malformed))
        messages += len(texts) - len(good)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dialog.jsonl"
        dialog = FileStore(path)
        check()
    return messages


def read_all(dialog: FileStore, limit: int) -> list[Message]:
    """Return all messages, read forwards. Reading the newest ones backwards gives the same."""
    messages: list[Message] = []
    cursor, more = dialog.start(), True
    while more:
        page = dialog.after(cursor, limit)
        messages += page.messages
        cursor, more = page.next, page.more
    assert dialog.newest(limit).messages == tuple(messages[-limit:])
    return messages


def is_message(line: bytes) -> bool:
    """Return whether a line is a message. Only a ValueError may say that it is not."""
    try:
        message = from_line(line, "")
    except ValueError:
        return False
    to_json(message.public())  # raises if the message cannot be sent
    return True
