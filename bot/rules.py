"""What the robot answers: text in, reply out, by the rules in a TOML file.

    rules = parse(Path("rules.toml").read_text("utf-8"))
    rules.reply("hi, what's the time?", name="Ann", turns=[], now=now, random=Random(1), facts={})

Promises:

- Pure: no input, no output, no clock and no chance but those passed in. The same arguments give
  the same answer. (One exception: `topic()` reads the rules.toml beside this module, once.)
- No state: what was said before is read from `turns`. A reply is not given again before its pool
  is used up, as far back as `turns` goes; the follow-up "and tomorrow?" knows its topic from them.
- Bounded work on any string: see words.py.
- A rules file that is wrong in any way is refused as a whole, with RulesError.

Replies may hold placeholders. A reply is left out while one of its placeholders is empty; among
the others, those which hold a fact (marked +) are preferred.

    {name}     the writer's name, if known     {coin} +     heads or tails
    {it}       what stood at the pattern's *   {dice} +     "4" or "2 + 5 = 7", as asked for
    {offers}   three things one can ask for    {sum} +      "7 + 6 = 13"
    {again}    another reply of the topic      {trouble} +  why a sum can't be done
    {time} +   14:05, of the clock passed in
    {weather} + {picture} +  from `facts`      {zone} +     its zone, as in "UTC+01:00"
    {when} + {date} +  "in 3 days", "Thursday, 26 November 2026": the day the text asks for
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from bot.sums import SumError, solve
from bot.words import (
    NUMBER_WORDS,
    Choice,
    Dictionary,
    Found,
    Pattern,
    PatternError,
    Text,
    compile_choice,
    compile_pattern,
    find,
    forgiven,
    plain,
    read,
    slip_index,
    walk,
    words_of,
)

LONGEST_STAR = 12  # words kept of what stood at a *
MOST_ANSWERS = 3  # topics answered in one reply
COURTESY_SHARE = 3  # a short greeting counts alone if it is at least a third of what was said
BRIEF = 6  # words of a message in which one misspelt word alone can decide
LENGTHY = 8  # letters of a misspelt word that can decide alone in any message
TERSE = 2  # words of a message in which one misspelt short word alone can decide
SURE = 3  # words that must be found where a short word is misspelt, or a greeting is short
NAMING = "set_name"  # the topic whose {it} is the writer's name
REMEMBERED = 8  # messages of the writer that follow-ups and names reach back over
SIDES, SIDES_RU = ("heads", "tails"), ("орёл", "решка")
FACTS = {"weather", "picture"}
PREFERRED = FACTS | {"coin", "dice", "sum", "trouble", "time", "zone", "when", "date"}
PLACEHOLDERS = PREFERRED | {"name", "it", "offers", "again"}
PLACEHOLDER = re.compile(r"\{(\w*)\}")
CYRILLIC = re.compile("[\u0400-\u04ff]")

Fact = Callable[[str], str | None]


class RulesError(ValueError):
    """A rules file that can't be used: the message names line, topic and reason."""


@dataclass(frozen=True)
class Turn:
    """One message of the talk so far: the writer's own (`user`), or a reply to them (`robot`)."""

    role: str
    text: str


@dataclass(frozen=True)
class Match:
    """A topic found in a message: the pattern and the words that decided, and where."""

    topic: str
    pattern: str
    words: tuple[str, ...]
    score: int
    start: int
    end: int
    it: str = ""


@dataclass(frozen=True)
class Reply:
    """What to say, the topics it answers, and a line on why."""

    text: str
    topics: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Follow:
    """What is said next when the topic was the last one, and the replies to it."""

    pattern: Pattern
    replies: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """One [topic.…] or [echo.…] table, ready for use."""

    name: str
    counts_as: str
    courtesy: bool
    say: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    reply: tuple[str, ...]
    reply_ru: tuple[str, ...]
    offer: str
    offer_ru: str
    follow: tuple[Follow, ...]


@dataclass(frozen=True)
class Rules:
    """All that the robot knows. Made by `parse`."""

    known: tuple[Topic, ...]
    echoes: tuple[Topic, ...]
    fallback: Topic
    unless: tuple[Pattern, ...]
    book: Dictionary
    mirror: Mapping[str, str]
    index: Mapping[str, tuple[tuple[Topic, Pattern], ...]] = field(repr=False)
    by_name: Mapping[str, Topic] = field(repr=False)

    def topics(self, text: str) -> list[Match]:
        """The topics of a message, best first; a greeting stands behind what was asked."""
        heard = read(text, self.book)
        found = self._matches(heard, heard)
        long = forgiven(heard, self.book, short=False) or heard
        if self._only_polite(found) and long is not heard:
            found = [m for m in self._matches(long, long) if _weighty(m, heard)] or found
        if self._only_polite(found) and (guess := forgiven(heard, self.book, short=True)):
            terse = len(heard.words) <= TERSE
            more = [m for m in self._matches(guess, long) if terse or len(m.words) >= SURE]
            found = found if found and self._only_polite(more) else more
        return found

    def _only_polite(self, found: list[Match]) -> bool:
        """Whether a question may still be hidden behind a slip of the finger."""
        return all(self.by_name[match.topic].courtesy for match in found)

    def _matches(self, heard: Text, vetoed: Text) -> list[Match]:
        """The topics that `heard` has; vetoes are looked for in `vetoed`."""
        if any(_stands(veto, vetoed) for veto in self.unless):
            return []
        best: dict[str, tuple[Topic, Pattern]] = {}
        for topic, pattern in self._candidates(heard):
            held = best.get(topic.name)
            if (held is None or pattern.score > held[1].score) and _stands(pattern, heard):
                best[topic.name] = topic, pattern
        found = [
            _match(topic.name, pattern, where, heard, self.book.filler)
            for topic, pattern in best.values()
            if not any(_stands(veto, vetoed) for veto in topic.unless)
            and (where := find(pattern, heard))
        ]
        return self._ranked(found, len(heard.words))

    def _candidates(self, heard: Text) -> list[tuple[Topic, Pattern]]:
        """The patterns of which a key word is there: a few of all, in the file's order."""
        listed = [pair for word in heard.places for pair in self.index.get(word, ())]
        for word in heard.places:
            for length in range(2, len(word) + 1):
                listed += self.index.get(word[:length] + "~", ())
        return listed

    def _ranked(self, found: list[Match], said: int) -> list[Match]:
        """Without the weaker of two that read the same words."""
        order = list(self.by_name)
        found.sort(key=lambda m: (-m.score, order.index(m.topic)))
        kept: list[Match] = []
        for match in found:
            if all(match.end <= other.start or other.end <= match.start for other in kept):
                kept.append(match)
        asked = [m for m in kept if not self.by_name[m.topic].courtesy]
        polite = [m for m in kept if self.by_name[m.topic].courtesy]
        sure = any(len(m.words) >= SURE for m in polite)
        if not asked and not sure and COURTESY_SHARE * sum(m.end - m.start for m in polite) < said:
            return []
        return asked + polite

    def reply(
        self,
        text: str,
        *,
        name: str = "",
        turns: Sequence[Turn] = (),
        now: datetime,
        random: Random,
        facts: Mapping[str, Fact] | None = None,
    ) -> Reply:
        """The one reply to a message.

        `name`: the writer's, "" when unknown. `turns`: what the writer and the robot said to each
        other before, oldest first, without this message. `now`: with its zone. `facts`: by name
        of the placeholder a function of the message; it gives "" or None when it has nothing.
        """
        said = [turn.text for turn in turns if turn.role == "robot"]
        heard = [turn.text for turn in turns if turn.role == "user"][-REMEMBERED:]
        talk = _Talk(self, text, self.told_name(heard) or name, said, now, random, facts or {})
        matches = self.topics(text)
        follow = self._follow(text, self._last_topics(heard), matches)
        if follow:
            topic_, replies = follow
            answer = talk.answer(topic_, pool=replies)
            return Reply(answer, (topic_.name,), f"follow-up on {topic_.name}")
        if matches:
            return self._answers(talk, matches)
        return self._echo(talk)

    def told_name(self, texts: Sequence[str]) -> str:
        """The name the writer last asked to be called by, "" if there is none."""
        for text in reversed(texts):
            for match in self.topics(text):
                if match.topic == NAMING and 0 < len(match.it.split()) <= 3:
                    return match.it
        return ""

    def _answers(self, talk: "_Talk", matches: list[Match]) -> Reply:
        """The answers to all topics, in the order in which they were touched."""
        chosen = sorted(matches[:MOST_ANSWERS], key=lambda m: m.start)
        answers = [talk.answer(self.by_name[m.topic], it=m.it) for m in chosen]
        why = "; ".join(f'{m.topic}: "{" ".join(m.words)}" by "{m.pattern}"' for m in chosen)
        text = " ".join(filter(None, answers)) or talk.answer(self.fallback)
        return Reply(text, tuple(m.topic for m in chosen), why)

    def _echo(self, talk: "_Talk") -> Reply:
        """The last resorts: the writer's words turned back, then an honest "I don't know"."""
        heard = read(talk.text, self.book)
        for echo in self.echoes:
            for pattern in echo.say:
                where = find(pattern, heard)
                if where and not any(_stands(veto, heard) for veto in echo.unless):
                    answer = talk.answer(echo, it=self._mirrored(heard, where))
                    if answer:
                        return Reply(answer, (), f'no topic; turned back by "{pattern.source}"')
        return Reply(talk.answer(self.fallback), (), "no topic; fallback")

    def _mirrored(self, heard: Text, where: Found) -> str:
        words = heard.words[where.star[0] : where.star[1]][:LONGEST_STAR]
        return " ".join(self.mirror.get(word, word) for word in words)

    def _last_topics(self, texts: Sequence[str]) -> list[str]:
        """The topics that a follow-up may be about."""
        last: list[str] = []
        for text in texts:
            matches = self.topics(text)
            if not self._follow(text, last, matches):
                last = [match.topic for match in matches]
        return last

    def _follow(
        self, text: str, last: Sequence[str], matches: list[Match]
    ) -> tuple[Topic, tuple[str, ...]] | None:
        """The topic and the replies, if the message is a follow-up on one of the last topics."""
        heard = read(text, self.book)
        for name in last:
            rival = max((match.score for match in matches if match.topic != name), default=0)
            for follow in self.by_name[name].follow:
                if follow.pattern.score >= rival and _stands(follow.pattern, heard):
                    return self.by_name[name], follow.replies
        return None


def _weighty(match: Match, heard: Text) -> bool:
    """Whether a misspelt word decides: with others, in a brief message, or by its mere length."""
    longest = max(map(len, match.words), default=0)
    return len(heard.words) <= BRIEF or len(match.words) > 1 or longest >= LENGTHY


def _stands(pattern: Pattern, heard: Text) -> bool:
    return bool(walk(pattern.elements, heard, heard.everywhere))


def _match(
    topic: str, pattern: Pattern, where: Found, heard: Text, filler: frozenset[str]
) -> Match:
    start, end = where.star
    while start < end and heard.words[end - 1] in filler:
        end -= 1
    it = " ".join(heard.written[start:end][:LONGEST_STAR])
    as_written = re.search(re.escape(it), heard.source, re.IGNORECASE)
    it = as_written[0] if as_written else it
    return Match(topic, pattern.source, where.words, pattern.score, where.start, where.end, it)


# --- choosing and filling a reply --------------------------------------------------------


@dataclass
class _Talk:
    """All that one reply depends on."""

    rules: Rules
    text: str
    name: str
    said: list[str]
    now: datetime
    random: Random
    facts: Mapping[str, Fact]
    filled: dict[str, str] = field(default_factory=dict)

    @property
    def russian(self) -> bool:
        return bool(CYRILLIC.search(self.text))

    def answer(self, topic: Topic, *, it: str = "", pool: Sequence[str] = ()) -> str:
        """One reply of the topic, not said lately, with its placeholders filled."""
        replies = pool or (topic.reply_ru if self.russian and topic.reply_ru else topic.reply)
        self.filled |= {"it": it}
        for template in self._in_order(replies):
            names = PLACEHOLDER.findall(template)
            if all(self._fill(name, topic) for name in names):
                text = PLACEHOLDER.sub(lambda m: self._fill(m[1], topic), template)
                return text[:1].upper() + text[1:]
        return ""

    def _in_order(self, replies: Sequence[str]) -> list[str]:
        """Facts before phrases, the unsaid before the said, the longest unsaid first."""
        shuffled = list(replies)
        self.random.shuffle(shuffled)
        said = {template: self._last_said(template) for template in shuffled}
        return sorted(shuffled, key=lambda t: (not _has_fact(t), said[t]))

    def _last_said(self, template: str) -> int:
        """How lately: 0 for never, else the number of the turn."""
        piece = max(PLACEHOLDER.split(template)[::2], key=len)
        return next((i + 1 for i in reversed(range(len(self.said))) if piece in self.said[i]), 0)

    def _fill(self, name: str, topic: Topic) -> str:
        if name == "again":  # never kept: it is another one each time
            pool = topic.reply_ru if self.russian and topic.reply_ru else topic.reply
            return self.answer(topic, pool=[r for r in pool if "{again}" not in r])
        if name not in self.filled:
            self.filled[name] = self._value(name)
        return self.filled[name]

    def _value(self, name: str) -> str:
        if name in self.facts:
            return self.facts[name](self.text) or ""
        values: dict[str, Callable[[], str]] = {
            "name": lambda: self.name,
            "offers": self._offers,
            "coin": lambda: self.random.choice(SIDES_RU if self.russian else SIDES),
            "dice": lambda: roll(self.text, self.random),
            "sum": lambda: _sum(self.text)[0],
            "trouble": lambda: _sum(self.text)[1],
            "time": lambda: f"{self.now:%H:%M}",
            "zone": lambda: zone(self.now),
            "when": lambda: asked_day(self.text, self.now)[0],
            "date": lambda: asked_day(self.text, self.now)[1],
        }
        return values[name]() if name in values else ""

    def _offers(self) -> str:
        offers = [t.offer_ru if self.russian else t.offer for t in self.rules.known]
        offers = [offer for offer in offers if offer]
        *most, last = self.random.sample(offers, min(3, len(offers))) or [""]
        return f"{', '.join(most)} {'или' if self.russian else 'or'} {last}" if most else last


def zone(now: datetime) -> str:
    """The zone of a clock reading, as "UTC+01:00"."""
    offset = f"{now:%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}" if offset.strip("+0") else "UTC"


def _has_fact(template: str) -> bool:
    return any(name in PREFERRED for name in PLACEHOLDER.findall(template))


def _sum(text: str) -> tuple[str, str]:
    """The sum in a text, solved, and "", or "" and what the trouble is."""
    try:
        return solve(text), ""
    except SumError as error:
        return "", str(error)


COUNTS = {"two": 2, "pair": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10,
          "twelve": 12, "twenty": 20, "два": 2, "две": 2, "три": 3}  # fmt: skip
SIDED = re.compile(r"\bd ?(\d{1,4})\b|\dd(\d{1,4})\b|(\d{1,4})[- ]*side|with (\d{1,4}) side")
MANY = re.compile(r"\b(\d{1,3}) ?d ?\d|\b(\d{1,3}) (?:\d+[- ]sided? )?(?:dice|die|of|кубик|кост)")


def roll(text: str, random: Random) -> str:
    """The dice a text asks for: "2d6", "two dice", "a 10 sided die". At most 12 of 1,000 sides."""
    text = re.sub(r"[^\W\d]+", lambda m: str(COUNTS.get(m[0], m[0])), plain(text))
    sided, many = SIDED.search(text), MANY.search(text)
    sides = int(next(filter(None, sided.groups()))) if sided else 6
    count = int(next(filter(None, many.groups()))) if many else 1
    rolls = [random.randint(1, min(max(sides, 2), 1000)) for _ in range(min(max(count, 1), 12))]
    total = f" = {sum(rolls)}" if len(rolls) > 1 else ""
    return " + ".join(map(str, rolls)) + total


DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS = "January February March April May June July August September October November December"
DAYS_RU = "понедельник вторник среда четверг пятница суббота воскресенье"
MONTHS_RU = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
SHIFTS = [("day after tomorrow", 2), ("day before yesterday", -2), ("послезавтра", 2),
          ("позавчера", -2), ("tomorrow", 1), ("yesterday", -1), ("завтра", 1), ("вчера", -1),
          ("next day", 1)]  # fmt: skip
IN_DAYS = re.compile(r"(\d{1,5}|\w+) (days?|weeks?|дня|дней|день)( ago)?")


def asked_day(text: str, now: datetime) -> tuple[str, str]:
    """The day a text asks for, as ("in 3 days", "Thursday, 26 November 2026"); else today."""
    russian = bool(CYRILLIC.search(text))
    when, shift = _asked_shift(plain(text), russian=russian)
    try:
        day = now + timedelta(days=shift)
    except OverflowError:
        return "", ""
    days, months = (DAYS_RU, MONTHS_RU) if russian else (DAYS, MONTHS)
    weekday, month = days.split()[day.weekday()], months.split()[day.month - 1]
    return when, f"{weekday}, {day.day} {month} {day.year}"


def _asked_shift(text: str, *, russian: bool) -> tuple[str, int]:
    """The day in words, and how many days it is from today."""
    for word, days in SHIFTS:
        if word in text:
            return ("the " if " " in word else "") + word, days
    counted = IN_DAYS.search(text)
    if counted and (number := _count(counted[1])):
        days = number * (7 if counted[2].startswith("week") else 1)
        if counted[3]:
            return f"{counted[1]} {counted[2]} ago", -days
        return f"{'через' if russian else 'in'} {counted[1]} {counted[2]}", days
    return ("сегодня" if russian else "today"), 0


def _count(word: str) -> int:
    if word.isdecimal():
        return int(word)
    small = NUMBER_WORDS.split()[:21]
    return small.index(word) if word in small else 0


# --- reading a rules file ----------------------------------------------------------------

TOP_KEYS = {"unless", "words", "short", "filler", "correct", "mirror", "topic", "echo", "fallback"}
LISTS = {"say", "unless", "reply", "reply_ru", "test", "test_not"}
TOPIC_KEYS = LISTS | {"follow", "counts_as", "courtesy", "offer", "offer_ru"}


def parse(source: str) -> Rules:
    """The rules in a TOML source, with all their examples tried. Raises RulesError."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))  # or "(at end of document)"
        line = at[1] if at else len(source.splitlines())
        reason = str(error).split(" (at line")[0]
        raise RulesError(f"line {line}: not TOML: {reason}") from None
    reader = _Reader(source, data)
    rules = reader.rules()
    failure = next(reader.failures(rules), None)
    if failure:
        raise failure
    return rules


@cache
def _shipped() -> Rules:
    return parse(Path(__file__).with_name("rules.toml").read_text("utf-8"))


def topic(text: str) -> str | None:
    """The name of the first topic in a text by the shipped rules, None where there is none."""
    rules = _shipped()
    found = rules.topics(text)
    return rules.by_name[found[0].topic].counts_as if found else None


class _Reader:
    """Turns the tables of a rules file into Rules, and knows where in the file each thing is."""

    def __init__(self, source: str, data: dict[str, Any]) -> None:
        self.lines = source.splitlines()
        self.data = data
        self.book = Dictionary()
        self.families: dict[str, Choice] = {}

    def rules(self) -> Rules:
        self._keys(self.data, TOP_KEYS, "")
        self._words()
        known = tuple(self._topic("topic", name) for name in self.data.get("topic", {}))
        echoes = tuple(self._topic("echo", name) for name in self.data.get("echo", {}))
        if not known:
            raise RulesError("line 1: no [topic.…] in the file")
        fallback = self._topic("", "fallback")
        never = self.data.get("unless", [])
        self._texts("", "unless", never)
        unless = self._patterns("", never)
        book = self._with_slips((*known, *echoes))
        return Rules(
            known=known,
            echoes=echoes,
            fallback=fallback,
            unless=unless,
            book=book,
            mirror=self._table("mirror"),
            index=_index(known),
            by_name={topic.name: topic for topic in known},
        )

    def _words(self) -> None:
        """Short forms and fillers first: patterns are read with them; then the families."""
        short = {plain(k): plain(v) for k, v in self._table("short").items()}
        filler = frozenset(str(self.data.get("filler", "")).split())
        correct = frozenset(str(self.data.get("correct", "")).split())
        self.book = Dictionary(short, filler, correct=correct)
        for name, words in self._table("words").items():
            try:
                self.families[name] = compile_choice(words, self.book, self.families)
            except PatternError as error:
                raise self._error("words", name, f"{name}: {error}") from None

    def _table(self, name: str) -> dict[str, str]:
        table = self.data.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise self._error(name, "", f"[{name}] must hold texts only")
        return table

    def _topic(self, kind: str, name: str) -> Topic:
        label = f"{kind}.{name}" if kind else name
        table = self.data.get(kind, {}).get(name, {}) if kind else self.data.get(name, {})
        if not isinstance(table, dict):
            raise self._error(label, name, "it must be a table")
        self._keys(table, TOPIC_KEYS, label)
        for key in LISTS:
            self._texts(label, key, table.get(key, []))
        if kind and not table.get("say"):
            raise self._error(label, "", "it says nothing to listen for: say is empty")
        if not table.get("reply"):
            raise self._error(label, "", "it has no reply")
        for key in ("reply", "reply_ru"):
            self._replies(label, table.get(key, []))
        return Topic(
            name=name,
            counts_as=str(table.get("counts_as", name)),
            courtesy=bool(table.get("courtesy", False)),
            say=self._indexed(label, self._patterns(label, table.get("say", []))),
            unless=self._patterns(label, table.get("unless", [])),
            reply=tuple(table["reply"]),
            reply_ru=tuple(table.get("reply_ru", [])),
            offer=str(table.get("offer", "")),
            offer_ru=str(table.get("offer_ru", "")),
            follow=self._follows(label, table.get("follow", {})),
        )

    def _follows(self, label: str, table: object) -> tuple[Follow, ...]:
        if not isinstance(table, dict):
            raise self._error(label, "follow", "follow must be a table")
        follows = []
        for source, replies in table.items():
            self._texts(label, source, replies)
            self._replies(label, replies)
            if not replies:
                raise self._error(label, source, f'the follow-up "{source}" has no reply')
            follows.append(Follow(self._pattern(label, source), tuple(replies)))
        return tuple(follows)

    def _texts(self, label: str, key: str, texts: object) -> None:
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise self._error(label, key, f"{key} must be a list of texts")

    def _replies(self, label: str, replies: list[str]) -> None:
        for text in replies:
            unknown = [p for p in PLACEHOLDER.findall(text) if p not in PLACEHOLDERS]
            if not text.strip():
                raise self._error(label, '""', "an empty reply")
            if unknown:
                raise self._error(label, text, f"no placeholder is called {{{unknown[0]}}}")

    def _patterns(self, label: str, sources: list[str]) -> tuple[Pattern, ...]:
        return tuple(self._pattern(label, source) for source in sources)

    def _indexed(self, label: str, patterns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
        for pattern in patterns:
            if not pattern.keys:
                reason = f'"{pattern.source}": it needs a word that must be there'
                raise self._error(label, pattern.source, reason)
        return patterns

    def _pattern(self, label: str, source: str) -> Pattern:
        try:
            return compile_pattern(source, self.book, self.families)
        except PatternError as error:
            raise self._error(label, source, f'"{source}": {error}') from None

    def _with_slips(self, topics: tuple[Topic, ...]) -> Dictionary:
        used = {w for t in topics for p in (*t.say, *t.unless) for w in words_of(p.elements)}
        known = frozenset(used | self.book.filler)
        one_word = {key for key, value in self.book.short.items() if " " not in value}
        return replace(self.book, known=known, slips=slip_index(known | one_word))

    def failures(self, rules: Rules) -> Iterator[RulesError]:
        """The examples in the file that these rules fail."""
        for name, table in self.data.get("topic", {}).items():
            label = f"topic.{name}"
            for text in table.get("test", []):
                found = [match.topic for match in rules.topics(text)]
                if name not in found:
                    got = " and ".join(found) or "nothing"
                    yield self._error(label, text, f'"{text}" should match, but matched {got}')
            for text in table.get("test_not", []):
                for match in rules.topics(text):
                    if match.topic == name:
                        reason = f'"{text}" should not match, but did by "{match.pattern}"'
                        yield self._error(label, text, reason)

    def _keys(self, table: dict[str, Any], allowed: set[str], label: str) -> None:
        for key in table:
            if key not in allowed:
                raise self._error(label, key, f'unknown key "{key}"')

    def _error(self, label: str, near: str, reason: str) -> RulesError:
        """The error with the line where `near` stands, or else where its table begins."""
        heads = [(i, line.strip()) for i, line in enumerate(self.lines) if line.startswith("[")]
        mine = [i for i, line in heads if line.startswith((f"[{label}]", f"[{label}."))]
        start = mine[0] if mine else 0
        after = (i for i, _ in heads if mine and i > mine[-1])
        end = next(after, len(self.lines))
        spellings = {near, json.dumps(near, ensure_ascii=False)[1:-1]} - {""}
        at = next(
            (i for i in range(start, end) if any(s in self.lines[i] for s in spellings)), start
        )
        kind, _, name = label.partition(".")
        where = f"{kind} {name}" if name else kind
        return RulesError(
            f"line {at + 1}, {where}: {reason}" if where else f"line {at + 1}: {reason}"
        )


def _index(topics: tuple[Topic, ...]) -> dict[str, tuple[tuple[Topic, Pattern], ...]]:
    """From each key word to the patterns that may match when it is there."""
    index: dict[str, list[tuple[Topic, Pattern]]] = {}
    for topic_ in topics:
        for pattern in topic_.say:
            for key in sorted(pattern.keys):
                index.setdefault(key, []).append((topic_, pattern))
    return {key: tuple(pairs) for key, pairs in index.items()}
