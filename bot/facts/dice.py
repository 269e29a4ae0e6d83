"""Dice, as many and with as many sides as a message asks for."""

import re
from random import Random

from bot.text.spelling import normalize

MAX_DICE = 12
MAX_SIDES = 1_000
COUNTS = {"two": 2, "pair": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10,
          "twelve": 12, "twenty": 20, "два": 2, "две": 2, "три": 3}  # fmt: skip
SIDES = re.compile(r"\bd ?(\d{1,4})\b|\dd(\d{1,4})\b|(\d{1,4})[- ]*side|with (\d{1,4}) side")
DICE = re.compile(r"\b(\d{1,3}) ?d ?\d|\b(\d{1,3}) (?:\d+[- ]sided? )?(?:dice|die|of|кубик|кост)")


def roll(text: str, random: Random) -> str:
    """Roll the dice that a message asks for, as in "2d6", "two dice" or "a 10 sided die".

    Returns "4" or "2 + 5 = 7". Rolls one die of six sides if the message names no number.
    """
    text = re.sub(r"[^\W\d]+", lambda word: str(COUNTS.get(word[0], word[0])), normalize(text))
    sides_found, dice_found = SIDES.search(text), DICE.search(text)
    sides = int(next(filter(None, sides_found.groups()))) if sides_found else 6
    dice = int(next(filter(None, dice_found.groups()))) if dice_found else 1
    sides, dice = min(max(sides, 2), MAX_SIDES), min(max(dice, 1), MAX_DICE)
    rolls = [random.randint(1, sides) for _ in range(dice)]
    total = f" = {sum(rolls)}" if len(rolls) > 1 else ""
    return " + ".join(map(str, rolls)) + total
