"""Appends to the dialog from the asyncio loop, without holding it up.

What comes in while a flush to the disk is under way shares the next one.
"""

import asyncio

from dialog import Dialog, Draft, Message


class Writer:
    """Writes to one dialog, in a thread."""

    def __init__(self, dialog: Dialog) -> None:
        self._dialog = dialog
        self._waiting: list[tuple[Draft, asyncio.Future[Message]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def append(self, draft: Draft) -> Message:
        """Append a message and return it once it is on the disk. Busy, DiskFull, Unavailable."""
        written: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, written))
        self._writing = self._writing or asyncio.create_task(self._write())
        return await written

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            drafts = [draft for draft, _ in batch]
            try:
                messages = await asyncio.to_thread(self._dialog.append_all, drafts)
            except Exception as error:  # whoever waits for it raises it
                for _, written in batch:
                    written.set_exception(error)
            else:
                for (_, written), message in zip(batch, messages, strict=True):
                    written.set_result(message)
        self._writing = None
