"""Remembers which message has which nonce, so that a repeated post adds nothing."""

from collections import OrderedDict

from dialog.errors import CursorGone
from dialog.file.lines import LineReader, cursor_at
from dialog.file.pages import ParseLine
from dialog.message import Message

MOST_NONCES = 10_000  # remembered at once
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
        for id_, line in reader.lines(start):
            self._read_to = id_
            if b'"nonce"' in line:
                for message in self._parse(id_, line):
                    self._add(message)

    def _add(self, message: Message) -> None:
        if message.nonce:
            self._messages[message.nonce] = message
            if len(self._messages) > MOST_NONCES:
                self._messages.popitem(last=False)
