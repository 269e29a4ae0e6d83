"""Splits a message into sentences, and sentences into words."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.text.spelling import normalize, without_repeats
from bot.text.typos import mended
from bot.text.vocabulary import Vocabulary

MAX_SENTENCES = 12
MAX_WORDS = 60  # of a sentence; the rest is not read
MOST_SLIPS = 8  # of a sentence; one with more unknown words has no topic
TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*"  # 3.14 and 1,000
    r"|[^\W\d_][^\W_]*(?:'[^\W\d_]+)*"  # words, also "don't" and "gr8"
    r"|[\u2600-\u27bf\U0001f300-\U0001faff]"  # an emoji is a word
    r"|[-+*/^%\u00d7\u00f7.,!?;:\u2026\n()=]"
)
FIRST_EMOJI = "\u2600"
SENTENCE_END = frozenset(".!?;\n\u2026")
SIGNS = {"+": "plus", "*": "times", "\u00d7": "times", "\u00f7": "divided by", "/": "divided by",
         "-": "minus", "^": "power", "%": "percent"}  # fmt: skip
ROBOT_NAMES = frozenset({"ai", "al", "robot", "bot", "chatbot", "робот", "бот"})
NAMED = 2  # words, of which the second may be the robot's name
ARTICLES = frozenset({"a", "an", "the", "this", "that", "you", "ты", "вы", "и"})
BEFORE_DICE_WORDS = """
    a the one sided this that same virtual another roll throw rolled #
"""
BEFORE_DICE = frozenset(BEFORE_DICE_WORDS.split())
BEFORE_NAME = frozenset(
    {("call", "me"), ("calling", "me"), ("name", "is"), ("me", "as"), ("зови", "меня"),
     ("называи", "меня"), ("звать", "меня"), ("меня", "зовут")}
)  # fmt: skip
ANY_NAME = "anyname"  # stands for an unknown word after these, which is no slip but a name
NUMBER = "#"  # the word that stands for any number in figures


class Word(NamedTuple):
    """A word: its corrected form, and how its author wrote it."""

    text: str
    written: str


def sentences(text: str, vocabulary: Vocabulary) -> list[list[Word]]:
    """Return the sentences of a message, each with its words, typing slips mended."""
    parts = TOKEN.findall(normalize(text))
    found: list[list[Word]] = [[]]
    for i, part in enumerate(parts):
        if part in SIGNS and _is_arithmetic(parts, i):
            found[-1] += [Word(word, part) for word in SIGNS[part].split()]
        elif part[0].isdigit():
            found[-1].append(Word(NUMBER, part))
        elif part[0].isalpha() or part[0] >= FIRST_EMOJI:
            found[-1] += [Word(word, part) for word in _read(part, vocabulary)]
        elif part in SENTENCE_END and found[-1]:
            found.append([])
    sentences_ = [sentence[:MAX_WORDS] for sentence in found if sentence][:MAX_SENTENCES]
    return [_with_dice(_mended(sentence, vocabulary)) for sentence in sentences_]


def _mended(words: list[Word], vocabulary: Vocabulary) -> list[Word]:
    """Mend the first unknown words of a sentence."""
    result: list[Word] = []
    unknown = 0
    for word, after in zip(words, [*words[1:], Word("", "")], strict=True):
        if word.text in vocabulary.known or unknown == MOST_SLIPS:
            result.append(word)
            continue
        if tuple(before.text for before in result[-2:]) in BEFORE_NAME and word.text.isalpha():
            result.append(Word(ANY_NAME, word.written))
            continue
        unknown += 1
        before = result[-1].text if result else ""
        text = mended(word.text, vocabulary, before, after.text)
        result += [Word(part, word.written) for part in text.split()]
    return result


def _with_dice(words: list[Word]) -> list[Word]:
    """Read "a die" as dice, and so not as a wish to die."""
    return [
        Word("dice", word.written) if word.text == "die" and before.text in BEFORE_DICE else word
        for before, word in zip([Word("", ""), *words], words, strict=False)
    ]


def without_fillers(words: list[Word], vocabulary: Vocabulary) -> list[Word]:
    """Return the words without the fillers at both ends, unless too little is left.

    The robot's name stays after an article and in two words, as in "the robot" and "good bot".
    """
    start, end = 0, len(words)
    while start < end and words[start].text in vocabulary.fillers:
        start += 1
    while start < end and words[end - 1].text in vocabulary.fillers:
        if words[end - 1].text in ROBOT_NAMES and (
            end - start == NAMED or words[end - 2].text in ARTICLES
        ):
            break
        end -= 1
    return words[start:end] or words


def _read(token: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the words that a token stands for: "what's" and "whats" are "what is"."""
    stretched = without_repeats(token)
    for form in (token, token.replace("'", ""), *stretched):
        if form in vocabulary.short_forms:
            yield from vocabulary.short_forms[form].split()
            return
        if form in vocabulary.known:
            yield form
            return
    whole, _, ending = token.partition("'")
    word = whole if ending in {"s", ""} and whole in vocabulary.known else token.replace("'", "")
    if stretched:
        word = stretched[-1]
    yield word


def _is_arithmetic(parts: list[str], i: int) -> bool:
    """Return whether a sign stands between numbers: in "3 - 2", but not in "well-known"."""
    before, after = parts[i - 1 : i], parts[i + 1 : i + 2]
    if parts[i] == "%":
        return bool(before) and before[0][0].isdigit()
    return (bool(before) and (before[0][0].isdigit() or before[0] in ")%")
            and bool(after) and (after[0][0].isdigit() or after[0] in "(-"))  # fmt: skip
