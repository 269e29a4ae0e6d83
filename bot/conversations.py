"""The recent conversation of each author with the robot."""

from collections import OrderedDict, deque
from collections.abc import Sequence

from bot.replies.answering import Turn
from dialog import Message

MAX_AUTHORS = 1000  # whose conversations are remembered
MAX_TURNS = 60  # messages remembered of each conversation


class Conversations:
    """The latest messages of each author, with the replies to them."""

    def __init__(self) -> None:
        self._by_author: OrderedDict[str, deque[Turn]] = OrderedDict()

    def add(self, message: Message, reply: Message) -> None:
        """Add a message and its reply."""
        turns = self._by_author.setdefault(message.author, deque(maxlen=MAX_TURNS))
        turns += Turn("user", message.text), Turn("robot", reply.text)
        self._by_author.move_to_end(message.author)
        if len(self._by_author) > MAX_AUTHORS:
            self._by_author.popitem(last=False)

    def turns(self, author: str) -> list[Turn]:
        """Return the conversation with an author, oldest first."""
        return list(self._by_author.get(author, ()))


def recent_conversations(messages: Sequence[Message]) -> Conversations:
    """Return the conversations in the newest messages of a dialog."""
    by_id = {message.id: message for message in messages}
    conversations = Conversations()
    for reply in messages:
        if reply.role == "robot" and (message := by_id.get(reply.reply_to or "")):
            conversations.add(message, reply)
    return conversations
