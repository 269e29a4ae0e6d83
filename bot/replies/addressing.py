"""Whether a message names the robot."""

import re

from bot.text.spelling import normalize

WORD = re.compile(r"[^\W\d_]+")
NAMES = frozenset({"robot", "bot", "chatbot", "робот", "бот", "роботик"})
# "the robot vacuum" and "robot arms" name no participant of the chat.
BEFORE_WORDS = """
    a an the this that my your his her our their new old some any another каждый этот мой наш
    новый
"""
BEFORE = frozenset(BEFORE_WORDS.split())


def names_robot(text: str) -> bool:
    """Return whether a message calls the robot: "robot, come here" or "what do you say, bot?"."""
    text = normalize(text)
    for found in WORD.finditer(text):
        if found[0] not in NAMES:
            continue
        words_before = WORD.findall(text[: found.start()])
        if words_before and words_before[-1] in BEFORE:
            continue
        before, after = text[: found.start()].strip(), text[found.end() :].strip()
        at_edge = not before or not after or before[-1] in ",.!?@:;" or after[0] in ",.!?:;"
        if at_edge or before.endswith(("hey", "hi", "hello", "dear", "ok", "привет", "эй")):
            return True
    return False
