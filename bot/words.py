"""Words and patterns: how a message is read, and how a pattern finds its words in it.

A message becomes a row of plain words: no case, no accents, no punctuation, short forms
written out. A pattern is a row of elements. It is tried at all places of the message at once:
the places reached so far are the bits of one integer, and each element moves them on. So a
pattern costs one pass over its elements, whatever the message says: there is nothing to
backtrack into.

Any string can be read. Only its first 2,000 characters count.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

MAX_CHARS = 2_000
GAP = 4  # words that "..." may leap over
MAX_DEPTH = 5  # brackets within brackets
MAX_FORGIVEN = 24  # misspelt words looked up in one message: bounds the work on gibberish

TOKEN = re.compile(
    r"\d+(?:[.,]\d+)+"  # 3.14 and 1,000
    r"|[^\W_]+(?:'[^\W_]+)*"  # words, also "don't" and "gr8"
    r"|[\u2600-\u27bf\U0001f300-\U0001faff]"  # an emoji is a word of its own
    r"|[-+*/^%\u00d7\u00f7.,!?;:\u2026\n()\"]"
)
EMOJI = "\u2600"
MIXED = re.compile(r"\d+|\D+")
REPEATED = re.compile(r"(.)\1{2,}")
PATTERN = re.compile(r"\.\.\.|[\[\]()|^$#*&]|@\w+|[^\s\[\]()|^$#*&@]+")
QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'"})
SIGNS = {"+": "plus", "*": "times", "\u00d7": "times", "\u00f7": "divided by", "/": "divided by",
         "-": "minus", "^": "power", "%": "percent"}  # fmt: skip
NUMBER_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
thousand million"""
NUMBERS = frozenset(NUMBER_WORDS.split())


class PatternError(ValueError):
    """A pattern that cannot be understood; the message says why."""


@dataclass(frozen=True)
class Dictionary:
    """What is known about words: short forms, fillers, and the words the patterns use."""

    short: Mapping[str, str] = field(default_factory=dict)
    filler: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    correct: frozenset[str] = frozenset()  # real words that are nobody's misspelling
    slips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class Text:
    """A message as patterns see it. Bit i of a mask stands for the place before word i."""

    source: str
    words: list[str]
    written: list[str]  # each word as it stood in the message, in lower case
    places: dict[str, int]  # word -> the places where it stands
    begins: int = 0  # places where a clause begins, fillers aside
    ends: int = 0  # places where a clause ends, fillers aside
    within: int = 0  # places a gap may cross: all but the ends of sentences
    numbers: int = 0
    sentences: list[int] = field(default_factory=list)  # the places of each
    seen: dict[int, int] = field(default_factory=dict)  # choice -> its single words' places

    @property
    def everywhere(self) -> int:
        """All places, the one after the last word included."""
        return (2 << len(self.words)) - 1


# --- reading ---------------------------------------------------------------------------


def plain(text: str) -> str:
    """Lower case, straight quotes, no accents, nothing invisible."""
    text = text[:MAX_CHARS].translate(QUOTES)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.casefold())[: 2 * MAX_CHARS]
        text = "".join(c for c in text if unicodedata.category(c) not in {"Mn", "Cf", "Cs"})
    return text.lower()


def spell(token: str, book: Dictionary) -> str:
    """The words a token stands for: "what's" and "whats" are "what is", "hellooo" is "hello"."""
    for form in _forms(token):
        if form in book.short:
            return book.short[form]
        if form in book.known:
            return form
    if "'" in token:
        stem, _, tail = token.partition("'")
        return stem if tail == "s" else token.replace("'", "")
    return " ".join(MIXED.findall(token)) if not token.isalpha() else token


def _forms(token: str) -> Iterator[str]:
    yield token
    if "'" in token:
        yield token.replace("'", "")
    if REPEATED.search(token):
        yield REPEATED.sub(r"\1\1", token)
        yield REPEATED.sub(r"\1", token)


def read(text: str, book: Dictionary) -> Text:
    """The message as patterns see it."""
    parts = TOKEN.findall(plain(text))
    found = Text(text, [], [], {})
    clause, sentence = [0], [0]
    for i, part in enumerate(parts):
        if part in SIGNS and _between_numbers(parts, i):
            words = SIGNS[part].split()
        elif part[0].isalnum() or part[0] >= EMOJI:
            words = spell(part, book).split()
        else:
            words = []
            clause.append(len(found.words))
            if part in ".!?;\n\u2026":
                sentence.append(len(found.words))
        found.words += words
        found.written += [part] * len(words)
    return _marked(found, book, clause, sentence)


def _between_numbers(parts: list[str], i: int) -> bool:
    """A sign counts as arithmetic only there: "3 - 2", not "well-known"."""
    before, after = parts[i - 1 : i], parts[i + 1 : i + 2]
    if parts[i] == "%":
        return bool(before) and before[0][0].isdigit()
    return (bool(before) and (before[0][0].isdigit() or before[0] in ")%")
            and bool(after) and (after[0][0].isdigit() or after[0] in "(-"))  # fmt: skip


def _marked(text: Text, book: Dictionary, clause: list[int], sentence: list[int]) -> Text:
    for i, word in enumerate(text.words):
        text.places[word] = text.places.get(word, 0) | 1 << i
        if word in NUMBERS or word[0].isdigit():
            text.numbers |= 1 << i
    for at in {*clause, len(text.words)}:
        text.begins |= _past_fillers(text.words, at, 1, book)
        text.ends |= _past_fillers(text.words, at, -1, book)
    text.within = text.everywhere
    for at, end in pairwise([*sentence, len(text.words)]):
        text.within &= ~(1 << at)
        text.sentences.append((2 << end) - (1 << at))
    return text


def _past_fillers(words: list[str], at: int, way: int, book: Dictionary) -> int:
    """The places reached from `at` when walking over fillers only, `at` included."""
    reached = 1 << at
    look = at if way > 0 else at - 1
    while 0 <= look < len(words) and words[look] in book.filler:
        look += way
        reached |= 1 << (look if way > 0 else look + 1)
    return reached


# --- slips of the finger ---------------------------------------------------------------


def shortened(word: str) -> set[str]:
    """The word, and the word with each one letter left out."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


def slip_index(known: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """From each shortened form to the known words it may come from."""
    index: dict[str, list[str]] = {}
    for word in sorted(known):
        if word.isalpha():
            for form in shortened(word):
                index.setdefault(form, []).append(word)
    return {form: tuple(words) for form, words in index.items()}


def one_slip(a: str, b: str) -> bool:
    """Whether one letter added, lost, changed or swapped with its neighbour turns a into b."""
    pairs = enumerate(zip(a, b, strict=False))
    same = next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))
    x, y = a[same:], b[same:]
    return a != b and y in {y[:1] + x[1:], x[1:], y[:1] + x, x[1::-1] + x[2:]}


def meant(word: str, book: Dictionary) -> list[str]:
    """The known words that this one may be a slip of."""
    if not 1 < len(word) <= 20 or word in book.correct or not word.isalpha():
        return []
    near = {known for form in shortened(word) for known in book.slips.get(form, ())}
    return [known for known in sorted(near) if one_slip(word, known)]


def forgiven(text: Text, book: Dictionary, *, short: bool) -> Text | None:
    """The same message where each unknown word also counts as the words it may be a slip of.

    `short`: slips in words of up to three letters as well: "hw old aer yo". None when there is
    nothing to forgive.
    """
    places = dict(text.places)
    begins, ends = text.begins, text.ends
    doubtful = [word for word in text.places if word not in book.known]
    for word in doubtful[:MAX_FORGIVEN]:
        for near in meant(word, book):
            if short or _plausible(word, near):
                known = book.short.get(near, near)
                places[known] = places.get(known, 0) | text.places[word]
                if known in book.filler or not known:
                    # a clause begins behind it, too, and ends before it
                    begins |= (begins & text.places[word]) << 1
                    ends |= (ends >> 1) & text.places[word]
    if places == text.places:
        return None
    return replace(text, places=places, begins=begins, ends=ends, seen={})


def _plausible(word: str, known: str) -> bool:
    """In three letters one slip changes too much, unless they are merely swapped."""
    return (len(known) >= 4 and len(word) >= 3) or sorted(word) == sorted(known)


# --- patterns --------------------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """One word, whole."""

    word: str

    def step(self, text: Text, at: int) -> int:
        """The places reached from the places `at`."""
        return (at & text.places.get(self.word, 0)) << 1


@dataclass(frozen=True)
class Prefix:
    """A word that begins so."""

    start: str

    def step(self, text: Text, at: int) -> int:
        """The places reached from the places `at`."""
        key = id(self)
        if key not in text.seen:
            found = (mask for word, mask in text.places.items() if word.startswith(self.start))
            text.seen[key] = _union(found)
        return (at & text.seen[key]) << 1


@dataclass(frozen=True)
class Number:
    """A number, in figures or in words."""

    def step(self, text: Text, at: int) -> int:
        """The places reached from the places `at`."""
        return (at & text.numbers) << 1


@dataclass(frozen=True)
class Gap:
    """Up to four words, or none, within a sentence."""

    def step(self, text: Text, at: int) -> int:
        """The places reached from the places `at`."""
        reached = at
        for _ in range(GAP):
            at = (at << 1) & text.within
            reached |= at
        return reached & text.everywhere


@dataclass(frozen=True)
class Anywhere:
    """Any place in the same sentence, before or behind."""

    def step(self, text: Text, at: int) -> int:
        """The places reached from the places `at`."""
        return _union(sentence for sentence in text.sentences if sentence & at)


@dataclass(frozen=True)
class Edge:
    """Where a clause begins, or where it ends."""

    begin: bool

    def step(self, text: Text, at: int) -> int:
        """The places reached from the places `at`."""
        return at & (text.begins if self.begin else text.ends)


@dataclass(frozen=True)
class Star:
    """Any one word; at the end of a pattern all the rest. It is kept for the reply."""

    rest: bool

    def step(self, text: Text, at: int) -> int:
        """The places reached from the places `at`."""
        end = 1 << len(text.words)
        if self.rest:
            return end if at & (end - 1) else 0
        return (at & (end - 1)) << 1


@dataclass(frozen=True)
class Choice:
    """One of several; optional when none will do, too."""

    single: frozenset[str]
    others: tuple[tuple["Element", ...], ...]
    optional: bool

    def step(self, text: Text, at: int) -> int:
        """The places reached from the places `at`."""
        key = id(self)
        if key not in text.seen:
            text.seen[key] = _union(text.places[w] for w in self.single & text.places.keys())
        reached = (at & text.seen[key]) << 1
        for elements in self.others:
            reached |= walk(elements, text, at)
        return reached | at if self.optional else reached


Element = Word | Prefix | Number | Gap | Anywhere | Edge | Star | Choice


def _union(masks: Iterator[int]) -> int:
    total = 0
    for mask in masks:
        total |= mask
    return total


def walk(elements: tuple[Element, ...], text: Text, at: int) -> int:
    """The places reached from the places `at` through all elements; 0: not found."""
    for element in elements:
        at = element.step(text, at)
        if not at:
            return 0
    return at


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. `score`: the words it demands. `keys`: one of them must be there."""

    source: str
    elements: tuple[Element, ...]
    score: int
    keys: frozenset[str]


@dataclass(frozen=True)
class Found:
    """Where a pattern was found: places [start, end), its own words, and what stood at the *."""

    start: int
    end: int
    words: tuple[str, ...]
    star: tuple[int, int] = (0, 0)


def find(pattern: Pattern, text: Text) -> Found | None:
    """The first place where the pattern is found, with the words it matched."""
    steps = [text.everywhere]
    for element in pattern.elements:
        steps.append(element.step(text, steps[-1]))
        if not steps[-1]:
            return None
    at = _lowest(steps[-1])
    spans: list[tuple[int, int]] = []
    star = (0, 0)
    words: list[str] = []
    for element, before in zip(reversed(pattern.elements), reversed(steps[:-1]), strict=True):
        start = _came_from(element, text, before, at)
        if isinstance(element, Star):
            star = (start, at)
        elif not isinstance(element, Gap | Anywhere):
            words[:0] = text.words[start:at]
        if not isinstance(element, Anywhere):
            spans.append((start, at))
        at = start
    return Found(min(s for s, _ in spans), max(e for _, e in spans), tuple(words), star)


def _lowest(places: int) -> int:
    return (places & -places).bit_length() - 1


def _came_from(element: Element, text: Text, before: int, end: int) -> int:
    """Where an element began that ended at `end`: gaps as short, the rest as long as can be."""
    if isinstance(element, Word | Prefix | Number):
        return end - 1
    if isinstance(element, Anywhere):
        return _lowest(before & _union(s for s in text.sentences if s >> end & 1))
    possible = [i for i in range(end + 1) if before >> i & 1]
    if isinstance(element, Gap):
        possible.reverse()
    return next(i for i in possible if element.step(text, 1 << i) >> end & 1)


# --- compiling -------------------------------------------------------------------------


def compile_pattern(source: str, book: Dictionary, families: Mapping[str, Choice]) -> Pattern:
    """A pattern from its source. Raises PatternError."""
    parts = PATTERN.findall(source)
    elements, rest = _sequence(parts, 0, book, families, 0)
    if rest < len(parts):
        raise PatternError(f'a "{parts[rest]}" too many')
    if elements and isinstance(elements[-1], Star):
        elements = (*elements[:-1], Star(rest=True))
    keys = min((k for e in elements if (k := _keys(e))), key=_rarity, default=frozenset[str]())
    if not keys and not sum(map(_demands, elements)):
        raise PatternError("it demands no word at all")
    return Pattern(source, elements, sum(map(_demands, elements)), keys)


def compile_choice(source: str, book: Dictionary, families: Mapping[str, Choice]) -> Choice:
    """A named family of words, written as "one|another|two words". Raises PatternError."""
    choice = compile_pattern(f"[{source}]", book, families).elements[0]
    if not isinstance(choice, Choice):
        raise PatternError("it must be a list of words with | between them")
    return choice


def _sequence(
    parts: list[str], i: int, book: Dictionary, families: Mapping[str, Choice], depth: int
) -> tuple[tuple[Element, ...], int]:
    """The elements from part i on, up to a bracket or bar that closes them."""
    elements: list[Element] = []
    while i < len(parts) and parts[i] not in {"]", ")", "|"}:
        part, i = parts[i], i + 1
        if part in {"[", "("}:
            choice, i = _choice(parts, i, book, families, depth + 1)
            elements.append(choice)
        else:
            elements += _simple(part, book, families)
    return tuple(elements), i


def _choice(
    parts: list[str], i: int, book: Dictionary, families: Mapping[str, Choice], depth: int
) -> tuple[Choice, int]:
    opened = parts[i - 1]
    if depth > MAX_DEPTH:
        raise PatternError("too many brackets within brackets")
    options: list[tuple[Element, ...]] = []
    while True:
        elements, i = _sequence(parts, i, book, families, depth)
        if not elements:
            raise PatternError("an empty choice")
        options.append(elements)
        if i == len(parts):
            raise PatternError(f'"{opened}" is never closed')
        i += 1
        if parts[i - 1] != "|":
            break
    if parts[i - 1] != {"[": "]", "(": ")"}[opened]:
        raise PatternError(f'"{opened}" is closed by "{parts[i - 1]}"')
    single = frozenset(o[0].word for o in options if len(o) == 1 and isinstance(o[0], Word))
    if opened == "(" and any(all(isinstance(e, Edge) for e in option) for option in options):
        raise PatternError("^ or $ in round brackets demands nothing: use [ ]")
    others = tuple(o for o in options if not (len(o) == 1 and isinstance(o[0], Word)))
    return Choice(single, others, optional=opened == "("), i


def _simple(part: str, book: Dictionary, families: Mapping[str, Choice]) -> list[Element]:
    fixed: dict[str, Element] = {"...": Gap(), "^": Edge(begin=True), "$": Edge(begin=False),
                                 "#": Number(), "&": Anywhere(), "*": Star(rest=False)}  # fmt: skip
    if part in fixed:
        return [fixed[part]]
    if part.startswith("@"):
        if part[1:] not in families:
            raise PatternError(f"no word family is called {part}")
        return [families[part[1:]]]
    if part.endswith("~") and len(part) > 3:
        return [Prefix(plain(part[:-1]))]
    words = read(part, book).words
    if not words or "~" in part:
        raise PatternError(f'"{part}" is not a word')
    return [Word(word) for word in words]


def _keys(element: Element) -> frozenset[str]:
    """Words of which one must be in the message for the element to match; a prefix ends in ~."""
    if isinstance(element, Word):
        return frozenset({element.word})
    if isinstance(element, Prefix):
        return frozenset({element.start + "~"})
    if isinstance(element, Choice) and not element.optional:
        inner = [
            min(filter(None, map(_keys, o)), key=_rarity, default=None) for o in element.others
        ]
        if None not in inner:
            return element.single.union(*(k for k in inner if k))
    return frozenset()


COMMON_WORDS = """
a am an and are be can could do does for give have how i in is it know let me my name need of on
show tell that the this to want was what when where which who will with would you your"""
COMMON = frozenset(COMMON_WORDS.split())


def _rarity(keys: frozenset[str]) -> int:
    """The fewer and the rarer the words, the better they serve as keys."""
    return sum(50 if word in COMMON else 1 for word in keys)


def _demands(element: Element) -> int:
    """How many words an element demands."""
    if isinstance(element, Word | Prefix | Number):
        return 1
    if isinstance(element, Choice) and not element.optional:
        shortest = [sum(map(_demands, elements)) for elements in element.others]
        return min([1] * bool(element.single) + shortest)
    return 0


def words_of(elements: tuple[Element, ...]) -> Iterator[str]:
    """All words an element row names."""
    for element in elements:
        if isinstance(element, Word):
            yield element.word
        elif isinstance(element, Choice):
            yield from element.single
            for option in element.others:
                yield from words_of(option)
