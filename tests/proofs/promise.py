"""The promise of a dialog, as a model: what each cursor must give, whatever was done before.

After a cursor come all messages since, once and in order, or CursorGone. Only a message that was
cut off, replaced or trimmed may make a cursor invalid.
"""

from dataclasses import dataclass, field

from dialog import Message


@dataclass(frozen=True)
class Cursor:
    """A cursor that the dialog gave out, and what was known then."""

    value: str
    index: int  # messages before it since the beginning, with those trimmed away
    changes: int  # cuts and replacements before it
    is_id: bool  # of the last message before it; otherwise it may stand behind other lines


@dataclass
class Model:
    """The messages that the dialog must have."""

    texts: list[str] = field(default_factory=list)
    trimmed: list[str] = field(default_factory=list)
    was_trimmed: bool = False  # perhaps of lines only that are no messages
    ids: dict[str, str] = field(default_factory=dict)  # acknowledged or seen, by text
    cuts: list[int] = field(default_factory=list)  # messages kept by each; -1 if replaced

    @property
    def first(self) -> int:
        """The messages trimmed away."""
        return len(self.trimmed)

    @property
    def end(self) -> int:
        """The messages since the beginning."""
        return self.first + len(self.texts)

    def acknowledge(self, message: Message) -> None:
        """Add a message at the end."""
        self.texts.append(message.text)
        self.ids[message.text] = message.id

    def cut(self, kept: int) -> None:
        """Keep only the first messages."""
        del self.texts[kept:]
        self.ids = {text: self.ids[text] for text in self.texts if text in self.ids}
        self.cuts.append(self.first + kept)

    def replace(self) -> None:
        """Forget all messages."""
        self.texts, self.ids, self.trimmed = [], {}, []
        self.was_trimmed = False
        self.cuts.append(-1)

    def trim(self, kept: list[Message]) -> None:
        """Keep the last messages, as the trimmed dialog gave them."""
        dropped = len(self.texts) - len(kept)
        assert self.texts[dropped:] == [message.text for message in kept]
        self.trimmed += self.texts[:dropped]
        self.was_trimmed = True
        del self.texts[:dropped]
        self.ids = {text: self.ids[text] for text in self.texts if text in self.ids}

    def cursor(self, value: str, index: int, is_id: bool = False) -> Cursor:
        """Return a cursor that was given out now."""
        return Cursor(value, index, len(self.cuts), is_id)

    def cursors(self, messages: list[Message]) -> list[Cursor]:
        """Return the cursors of messages that the dialog has."""
        places = {text: index for index, text in enumerate(self.texts, self.first + 1)}
        return [self.cursor(m.id, places[m.text], is_id=True) for m in messages]

    def check_gone(self, cursor: Cursor) -> None:
        """Check that a cursor which the dialog refused may be invalid."""
        cuts = self.cuts[cursor.changes :]
        is_cut = any(kept < cursor.index + (not cursor.is_id) for kept in cuts)
        is_trimmed = self.was_trimmed and cursor.index <= self.first
        assert is_cut or is_trimmed, f"{cursor} is valid, but was refused."

    def check_read(self, cursor: Cursor, messages: list[Message]) -> None:
        """Check what the dialog gave after a cursor."""
        is_cut = any(kept < cursor.index for kept in self.cuts[cursor.changes :])
        # The start of a dialog may be the start of another one, too. All other cursors are gone.
        start = 0 if is_cut else cursor.index - self.first
        assert start >= 0, f"Messages after {cursor} are missing."
        self.check(self.texts[start:], messages)

    def check(self, texts: list[str], messages: list[Message]) -> None:
        """Check that these are the messages with these texts, under their ids."""
        assert texts == [message.text for message in messages]
        for message in messages:
            assert self.ids.setdefault(message.text, message.id) == message.id
