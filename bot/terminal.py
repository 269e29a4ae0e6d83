"""What `robot.py` prints for those who teach it: a conversation, and lists of what is missing."""

import json
from collections import deque
from pathlib import Path

from bot.conversations import MAX_TURNS
from bot.knowledge import Knowledge
from bot.recognition.model import Topics
from bot.recognition.recognize import find_topics
from bot.recognition.validation import weak_examples
from bot.replies.answering import Turn
from dialog import GUEST, Dialog

SEARCHED = 10_000  # of the newest messages


def talk(knowledge: Knowledge, *, why: bool) -> None:
    """Reply to each line of the input until it ends; `why` also prints the evidence."""
    turns: deque[Turn] = deque(maxlen=MAX_TURNS)
    while True:
        try:
            text = input("you> ")
        except EOFError:
            print()
            return
        if reply := knowledge.reply(text, GUEST, turns):
            turns += Turn("user", text), Turn("robot", reply.text)
            print(f"robot> {reply.text}")
            if why:
                print(f"       ({reply.reason})")


def print_weak(folder: Path) -> None:
    """Print the examples that would not be understood if they were not in their file."""
    for line, found in weak_examples(folder):
        print(f"{line.path.parent.name}/{line.path.name}:{line.number}: {line.text} -> {found}")


def print_unanswered(dialog: Dialog, topics: Topics) -> None:
    """Print what people wrote lately that has no topic, as lines for `examples`."""
    messages = dialog.newest(SEARCHED).messages
    texts = dict.fromkeys(" ".join(m.text.split()) for m in messages if m.role == "user")
    for text in texts:
        if not find_topics(topics, text):
            print(f"    {json.dumps(text, ensure_ascii=False)},")
