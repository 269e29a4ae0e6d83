"""Group commit: appends from many threads share one lock, one write and one flush.

Each append joins a queue. The append at the head of the queue leads: its thread waits for the lock,
takes everything queued by then, and writes it. The other threads only wait for the result.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import BinaryIO

from dialog.errors import Busy, DialogError, Unavailable
from dialog.message import Draft, Message

BUSY = "Another program is writing to the dialog, so the message was not saved. Try again."


class _Append:
    """The drafts of one caller; once `done` is set, also the result for each of them."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.drafts = drafts
        self.results: Sequence[Message | DialogError] = []
        self.done = threading.Event()


class GroupCommit:
    """Appends drafts to a file. Safe between threads."""

    def __init__(
        self,
        open_file: Callable[[], AbstractContextManager[BinaryIO]],
        write: Callable[[BinaryIO, Sequence[Draft]], list[Message | DialogError]],
    ) -> None:
        """`open_file` locks and opens the file, `write` appends to it; both raise DialogErrors.

        `write` returns for each draft its message, or the error that kept it from being written.
        """
        self._open_file = open_file
        self._write = write
        self._mutex = threading.Lock()
        self._queue: list[_Append] = []

    def append(self, drafts: Sequence[Draft], timeout: float) -> list[Message]:
        """Append drafts and return their messages. DialogError if one of them was not written.

        Raises Busy if no thread has begun to write the drafts after `timeout` seconds.
        """
        append = _Append(drafts)
        with self._mutex:
            self._queue.append(append)
            leads = self._queue[0] is append
        if leads:
            self._lead()
        elif not append.done.wait(timeout):
            self._withdraw(append)
            append.done.wait()
        messages: list[Message] = []
        for result in append.results:
            if isinstance(result, DialogError):
                raise _copy(result)
            messages.append(result)
        return messages

    def _lead(self) -> None:
        batch: list[_Append] = []
        try:
            with self._open_file() as file:
                batch = self._take_queue()
                drafts = [draft for append in batch for draft in append.drafts]
                results = iter(self._write(file, drafts))
            for append in batch:
                append.results = list(islice(results, len(append.drafts)))
        except BaseException as error:
            batch = batch or self._take_queue()
            for append in batch[1:]:
                append.results = [_copy(error)]
            raise
        finally:
            for append in batch:
                append.done.set()

    def _take_queue(self) -> list[_Append]:
        with self._mutex:
            batch, self._queue = self._queue, []
        return batch

    def _withdraw(self, append: _Append) -> None:
        """Remove an append from the queue and raise Busy, unless a leader has taken it."""
        with self._mutex:
            if append in self._queue:
                self._queue.remove(append)
                raise Busy(BUSY)


def _copy(error: BaseException) -> DialogError:
    """Return the error for another thread. Threads that raise one object mix up its traceback."""
    if not isinstance(error, DialogError):
        return Unavailable("The message was not acknowledged because a write failed. Try again.")
    copied = type(error)(*error.args)
    copied.__cause__ = error.__cause__
    return copied
