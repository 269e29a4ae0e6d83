"""Dates and time zones in words."""

import re
from datetime import datetime, timedelta

from bot.text.spelling import is_russian, normalize
from bot.facts.expressions import SMALL

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS = "January February March April May June July August September October November December"
WEEKDAYS_RU = "понедельник вторник среда четверг пятница суббота воскресенье"
MONTHS_RU = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
SHIFTS = [("day after tomorrow", 2), ("day before yesterday", -2), ("послезавтра", 2),
          ("позавчера", -2), ("tomorrow", 1), ("yesterday", -1), ("завтра", 1), ("вчера", -1),
          ("next day", 1)]  # fmt: skip
IN_DAYS = re.compile(r"(\d{1,5}|\w+) (days?|weeks?|дня|дней|день)( ago)?")
COUNTS = [*SMALL.split(), "twenty"]


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
    words, shift = _requested_shift(normalize(text), russian=russian)
    try:
        day = now + timedelta(days=shift)
    except OverflowError:
        return "", ""
    weekdays, months = (WEEKDAYS_RU, MONTHS_RU) if russian else (WEEKDAYS, MONTHS)
    weekday, month = weekdays.split()[day.weekday()], months.split()[day.month - 1]
    return words, f"{weekday}, {day.day} {month} {day.year}"


def _requested_shift(text: str, *, russian: bool) -> tuple[str, int]:
    """Return the day in words, and how many days it is from today."""
    for word, days in SHIFTS:
        if word in text:
            return ("the " if " " in word else "") + word, days
    found = IN_DAYS.search(text)
    if found and (number := _number(found[1])):
        days = number * (7 if found[2].startswith("week") else 1)
        if found[3]:
            return f"{found[1]} {found[2]} ago", -days
        return f"{'через' if russian else 'in'} {found[1]} {found[2]}", days
    return ("сегодня" if russian else "today"), 0


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    return COUNTS.index(word) if word in COUNTS else 0
