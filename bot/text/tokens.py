"""Splits a message into words, and marks its clauses, sentences and numbers.

Position i is just before word i. A set of positions is an integer, whose bit i stands for position
i. So a pattern can be matched at all positions at once.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from bot.text.spelling import normalize, spell_out
from bot.text.vocabulary import Vocabulary

TOKEN = re.compile(
    r"\d+(?:[.,]\d+)+"  # 3.14 and 1,000
    r"|[^\W_]+(?:'[^\W_]+)*"  # words, also "don't" and "gr8"
    r"|[\u2600-\u27bf\U0001f300-\U0001faff]"  # an emoji is a word
    r"|[-+*/^%\u00d7\u00f7.,!?;:\u2026\n()\"]"
)
FIRST_EMOJI = "\u2600"
SENTENCE_END = ".!?;\n\u2026"
SIGNS = {"+": "plus", "*": "times", "\u00d7": "times", "\u00f7": "divided by", "/": "divided by",
         "-": "minus", "^": "power", "%": "percent"}  # fmt: skip
NUMBER_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
thousand million"""
NUMBERS = frozenset(NUMBER_WORDS.split())


@dataclass
class Tokens:
    """The words of a message, and sets of positions in it."""

    source: str
    words: list[str]
    written: list[str]  # each word as spelt in the message, in lower case
    positions: dict[str, int] = field(default_factory=dict)  # by word
    clause_starts: int = 0  # also after fillers at the start of a clause
    clause_ends: int = 0  # also before fillers at the end of a clause
    inside_sentences: int = 0  # positions that a gap may cross
    numbers: int = 0
    sentences: list[int] = field(default_factory=list)
    cache: dict[int, int] = field(default_factory=dict)  # id of an element -> its positions

    @property
    def all_positions(self) -> int:
        """Every position, including the one after the last word."""
        return (2 << len(self.words)) - 1


def tokenize(text: str, vocabulary: Vocabulary) -> Tokens:
    """Return the words of a message and their positions."""
    parts = TOKEN.findall(normalize(text))
    tokens = Tokens(text, [], [])
    clauses, sentences = [0], [0]
    for i, part in enumerate(parts):
        if part in SIGNS and _is_arithmetic(parts, i):
            words = SIGNS[part].split()
        elif part[0].isalnum() or part[0] >= FIRST_EMOJI:
            words = spell_out(part, vocabulary).split()
        else:
            words = []
            clauses.append(len(tokens.words))
            if part in SENTENCE_END:
                sentences.append(len(tokens.words))
        tokens.words += words
        tokens.written += [part] * len(words)
    _mark(tokens, vocabulary.fillers, clauses, sentences)
    return tokens


def _is_arithmetic(parts: list[str], i: int) -> bool:
    """Return whether a sign stands between numbers: in "3 - 2", but not in "well-known"."""
    before, after = parts[i - 1 : i], parts[i + 1 : i + 2]
    if parts[i] == "%":
        return bool(before) and before[0][0].isdigit()
    return (bool(before) and (before[0][0].isdigit() or before[0] in ")%")
            and bool(after) and (after[0][0].isdigit() or after[0] in "(-"))  # fmt: skip


def _mark(
    tokens: Tokens, fillers: frozenset[str], clauses: list[int], sentences: list[int]
) -> None:
    for i, word in enumerate(tokens.words):
        tokens.positions[word] = tokens.positions.get(word, 0) | 1 << i
        if word in NUMBERS or word[0].isdigit():
            tokens.numbers |= 1 << i
    for position in {*clauses, len(tokens.words)}:
        tokens.clause_starts |= _past_fillers(tokens.words, position, 1, fillers)
        tokens.clause_ends |= _past_fillers(tokens.words, position, -1, fillers)
    tokens.inside_sentences = tokens.all_positions
    for start, end in pairwise([*sentences, len(tokens.words)]):
        tokens.inside_sentences &= ~(1 << start)
        tokens.sentences.append((2 << end) - (1 << start))


def _past_fillers(words: list[str], position: int, step: int, fillers: frozenset[str]) -> int:
    """Return `position` and the positions that only fillers separate from it, in one direction."""
    reached = 1 << position
    i = position if step > 0 else position - 1
    while 0 <= i < len(words) and words[i] in fillers:
        i += step
        reached |= 1 << (i if step > 0 else i + 1)
    return reached
