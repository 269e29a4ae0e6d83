"""The recent conversation of each author with the robot."""

from collections import OrderedDict, deque

from bot.rules.replies import Turn
from dialog import Dialog, Message

MAX_AUTHORS = 1000  # whose conversations are remembered
MAX_TURNS = 60  # messages remembered of each conversation
RECENT_MESSAGES = 10_000  # read when the robot starts


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


def recent_conversations(dialog: Dialog) -> Conversations:
    """Return the conversations in the newest messages of the dialog. Raises Unavailable."""
    messages = dialog.newest(RECENT_MESSAGES).messages
    by_id = {message.id: message for message in messages}
    conversations = Conversations()
    for reply in messages:
        if reply.role == "robot" and (message := by_id.get(reply.reply_to or "")):
            conversations.add(message, reply)
    return conversations
