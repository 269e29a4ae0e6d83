"""Remembers which message has which nonce, so that a repeated post adds nothing."""

from collections import OrderedDict
from collections.abc import Iterable

from dialog.errors import CursorGone
from dialog.file.lines import LineReader, cursor_at
from dialog.file.pages import ParseLine
from dialog.message import Message

MOST_NONCES = 10_000  # remembered at once
NONCE = b'"nonce"'
SEARCHED_BYTES = 1024 * 1024  # at the end of the file, after a restart: hours of an ordinary chat


class Nonces:
    """The newest messages with a nonce, by nonce. Not safe between threads."""

    def __init__(self, parse: ParseLine) -> None:
        self._parse = parse
        self._messages: OrderedDict[str, Message] = OrderedDict()
        self._read_to = cursor_at(0, b"")

    def get(self, nonce: str | None) -> Message | None:
        """Return the message with this nonce, or None."""
        return self._messages.get(nonce) if nonce else None

    def update(self, reader: LineReader) -> None:
        """Read the lines appended since the last call, by this process or another one."""
        try:
            start = reader.position(self._read_to)
        except CursorGone:
            self._messages.clear()
            start = reader.start
        start = max(start, reader.line_start(reader.end() - SEARCHED_BYTES))
        for block in reader.blocks(start):
            self._read_to = block.cursor(block.end)
            for end, line in block.lines() if NONCE in block else ():
                if NONCE in line:
                    self._add_all(self._parse(block.cursor(end), line))

    def _add_all(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if message.nonce:
                self._messages[message.nonce] = message
                if len(self._messages) > MOST_NONCES:
                    self._messages.popitem(last=False)
