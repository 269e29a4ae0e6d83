"""Limits what the parser does not limit: heads, trailers and the framing of chunks."""

LONGEST_HEAD = 64 * 1024  # bytes
FRAMING = 8  # bytes for each byte of a body: chunks of 1 byte need 6


class RequestSize:
    """Counts the bytes of one request that are not its body.

    The piece of data in which a request begins is not counted. It may contain other requests.
    """

    def __init__(self) -> None:
        self._is_open = False
        self._began_in_this_piece = False
        self._received = 0
        self._body = 0

    def begin(self) -> None:
        """Start counting, because a request begins."""
        self._is_open = self._began_in_this_piece = True
        self._received = self._body = 0

    def end(self) -> None:
        """Stop counting, because the request is complete."""
        self._is_open = False

    def add_body(self, size: int) -> None:
        """Count a piece of the body."""
        self._body += size

    def add(self, size: int) -> bool:
        """Count a parsed piece of data. Returns whether the request is too large."""
        if self._is_open and not self._began_in_this_piece:
            self._received += size
        self._began_in_this_piece = False
        return self._is_open and self._received - self._body > LONGEST_HEAD + FRAMING * self._body
