"""A conversation in the terminal, to try the rules without a dialog."""

from collections import deque

from bot.conversations import MAX_TURNS
from bot.knowledge import Knowledge
from bot.rules.replies import Turn
from dialog import GUEST


def talk(knowledge: Knowledge, *, why: bool) -> None:
    """Reply to each line of the input until it ends; `why` also prints what matched."""
    turns: deque[Turn] = deque(maxlen=MAX_TURNS)
    while True:
        try:
            text = input("you> ")
        except EOFError:
            print()
            return
        reply = knowledge.reply(text, GUEST, turns)
        turns += Turn("user", text), Turn("robot", reply.text)
        print(f"robot> {reply.text}")
        if why:
            print(f"       ({reply.reason})")
