"""Dates and time zones in words."""

import re
from datetime import date, datetime, timedelta

from bot.facts.expressions import SMALL
from bot.text.spelling import is_russian, normalize

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS = "January February March April May June July August September October November December"
WEEKDAYS_RU = "понедельник вторник среда четверг пятница суббота воскресенье"
MONTHS_RU = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
SHIFTS = [("day after tomorrow", 2), ("day before yesterday", -2), ("послезавтра", 2),
          ("позавчера", -2), ("tomorrow", 1), ("yesterday", -1), ("завтра", 1), ("вчера", -1),
          ("next day", 1)]  # fmt: skip
IN_DAYS = re.compile(r"(\d{1,5}|\w+) (days?|weeks?|дня|дней|день|недел[юи])( ago)?")
COUNTS = [*SMALL.split(), "twenty"]
COUNTS_RU_WORDS = "ноль один два три четыре пять шесть семь восемь девять десять"
COUNTS_RU = COUNTS_RU_WORDS.split()
HOLIDAYS = {"christmas eve": (12, 24), "christmas": (12, 25), "new year": (1, 1),
            "halloween": (10, 31), "valentine": (2, 14), "рождеств": (1, 7),
            "новый год": (1, 1), "новыи год": (1, 1), "нового года": (1, 1)}  # fmt: skip
# Three letters tell the months apart. March and May, in Russian, need their endings.
MONTH = {name[:3].lower(): i for i, name in enumerate(MONTHS.split(), 1)}
MONTH |= {normalize(name)[:3]: i for i, name in enumerate(MONTHS_RU.split(), 1)}
DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|-?\u0433\u043e|-?\u0435)?\s+(?:of\s+)?([^\W\d_]{3,9})\b\.?,?(?:\s+(\d{4}))?"
)
MONTH_DAY = re.compile(r"\b([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b,?(?:\s+(\d{4}))?")
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


def utc_offset(now: datetime) -> str:
    """Return the time zone of `now`, as in "UTC+01:00"."""
    offset = f"{now:%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}" if offset.strip("+0") else "UTC"


def requested_day(text: str, now: datetime) -> tuple[str, str]:
    """Return the day that a message asks for, or today, in words and as a date.

    An example is ("in 3 days", "Thursday, 26 November 2026"). Both are empty if the year is not
    from 1 to 9999.
    """
    russian = is_russian(text)
    text = normalize(text)
    if named := _named_day(text, now.date()):
        day, words = named, _in_words(named, russian=russian)
        return words, f"{_weekday(named, russian=russian)}{_distance(named, now, russian=russian)}"
    words, shift = _requested_shift(text, russian=russian)
    try:
        day = now.date() + timedelta(days=shift)
    except OverflowError:
        return "", ""
    return words, f"{_weekday(day, russian=russian)}, {_in_words(day, russian=russian)}"


def _weekday(day: date, *, russian: bool) -> str:
    return (WEEKDAYS_RU if russian else WEEKDAYS).split()[day.weekday()]


def _in_words(day: date, *, russian: bool) -> str:
    return f"{day.day} {(MONTHS_RU if russian else MONTHS).split()[day.month - 1]} {day.year}"


def _distance(day: date, now: datetime, *, russian: bool) -> str:
    """Return how far a day is away, as in ", in 31 days"; empty for today and the past."""
    days = (day - now.date()).days
    if days <= 0:
        return ""
    if russian:
        return f", через {days} {_days_ru(days)}"
    return f", in {days} day{'s' * (days > 1)}"


def _days_ru(days: int) -> str:
    """Return the form of "day" after a number: 1 день, 2 дня, 5 дней, 11 дней."""
    if days % 100 // 10 == 1:
        return "дней"
    return {1: "день", 2: "дня", 3: "дня", 4: "дня"}.get(days % 10, "дней")


def _named_day(text: str, today: date) -> date | None:
    """Return the day that a message names by its date, weekday or holiday, or None."""
    if found := ISO.search(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    for pattern, day, month in ((DAY_MONTH, 1, 2), (MONTH_DAY, 2, 1)):
        for found in pattern.finditer(text):
            if number := _month(found[month]):
                return _with_year(found[3], number, int(found[day]), today)
    for name, (month_number, day_number) in HOLIDAYS.items():
        if name in text:
            return _with_year("", month_number, day_number, today)
    if found := re.search(r"\b(?:next|this|coming|on) (\w+day)\b", text):
        names = WEEKDAYS.lower().split()
        if found[1] in names:
            return today + timedelta(days=(names.index(found[1]) - today.weekday() - 1) % 7 + 1)
    return None


def _month(word: str) -> int:
    """Return the number of a month, or 0 if the word names no month."""
    number = MONTH.get(word[:3], 0)
    names = [(MONTHS.split(), MONTHS_RU.split())[i][number - 1] for i in (0, 1)] if number else []
    return number if any(normalize(name).startswith(word[:4]) for name in names) else 0


def _with_year(year: str | None, month: int, day: int, today: date) -> date | None:
    """Return the date in this year, or in the next if it is past, unless a year is named."""
    if year:
        return _date(int(year), month, day)
    this = _date(today.year, month, day)
    return this if this and this >= today else _date(today.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _requested_shift(text: str, *, russian: bool) -> tuple[str, int]:
    """Return the day in words, and how many days it is from today."""
    for word, days in SHIFTS:
        if word in text:
            return ("the " if " " in word else "") + word, days
    found = IN_DAYS.search(text)
    if found and (number := _number(found[1])):
        days = number * (7 if found[2].startswith(("week", "недел")) else 1)
        if found[3]:
            return f"{found[1]} {found[2]} ago", -days
        count = "" if found[1] == "через" else f"{found[1]} "
        return f"{'через' if russian else 'in'} {count}{found[2]}", days
    return ("сегодня" if russian else "today"), 0


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    if word in {"a", "one", "через"}:
        return 1
    names = COUNTS if word in COUNTS else COUNTS_RU
    return names.index(word) if word in names else 0
