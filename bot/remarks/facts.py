"""Computed facts for remarks: the time in a city, the weekday of a date, the factors of a number.

Each is true, and another one for each number within more than an hour.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.facts.dates import MONTHS, MONTHS_RU, WEEKDAYS, WEEKDAYS_RU

FIRST_DAY = date(1900, 1, 1)
DAYS, DAY_STEP = 45_007, 7_919  # primes, so that the dates jump about and all differ
SMALLEST, LARGEST = 1_000, 9_973
NUMBER_STEP = 37
ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
         (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
AREAS = ("America/", "Europe/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/")


def computed_fact(number: int, now: datetime, *, russian: bool = False) -> str:
    """Return the fact with this number, which counts the facts."""
    kinds: tuple[Callable[[int, datetime], str], ...] = (
        (_date_ru, _factors_ru) if russian else (_city, _date, _factors, _roman, _square, _binary)
    )
    return kinds[number % len(kinds)](number // len(kinds), now)


def _city(number: int, now: datetime) -> str:
    cities = _cities()
    if not cities:  # this computer has no time zones
        return _date(number + 1, now)
    zone = cities[number % len(cities)]
    try:
        there = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, OSError):
        return _date(number + 1, now)
    name = zone.rpartition("/")[2].replace("_", " ")
    sentences = (
        f"In {name} it is {there:%H:%M} now.",
        f"{there:%H:%M} in {name}, if anyone there asks.",
        f"The clocks of {name} say {there:%H:%M}.",
    )
    return sentences[number % len(sentences)]


def _date(number: int, _: datetime) -> str:
    day = _day(number)
    weekday, month = WEEKDAYS.split()[day.weekday()], MONTHS.split()[day.month - 1]
    sentences = (
        f"{day.day} {month} {day.year} was a {weekday}.",
        f"Do you remember {day.day} {month} {day.year}? It was a {weekday}.",
        f"A {weekday} from the calendar: {day.day} {month} {day.year}.",
    )
    return sentences[number % len(sentences)]


def _date_ru(number: int, _: datetime) -> str:
    day = _day(number)
    weekday, month = WEEKDAYS_RU.split()[day.weekday()], MONTHS_RU.split()[day.month - 1]
    return f"День недели {day.day} {month} {day.year} года: {weekday}."


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number * DAY_STEP % DAYS)


def _number(number: int) -> int:
    return SMALLEST + number * NUMBER_STEP % (LARGEST - SMALLEST)


def _factors(number: int, _: datetime) -> str:
    value = _number(number)
    found = _factors_of(value)
    if len(found) == 1:
        return f"{value} is prime. It shares with nobody but 1."
    return f"{value} is {_product(found)}. Somebody had to check."


def _factors_ru(number: int, _: datetime) -> str:
    value = _number(number)
    found = _factors_of(value)
    return f"{value} простое." if len(found) == 1 else f"{value} = {_product(found)}."


def _factors_of(value: int) -> list[int]:
    found, divisor = [], 2
    while divisor * divisor <= value:
        while value % divisor == 0:
            found.append(divisor)
            value //= divisor
        divisor += 1
    return [*found, value] if value > 1 else found


def _product(factors: list[int]) -> str:
    return " \u00d7 ".join(map(str, factors))


def _roman(number: int, _: datetime) -> str:
    year = rest = SMALLEST + number * NUMBER_STEP % (2 * SMALLEST + 1)
    letters = ""
    for value, letter in ROMAN:
        letters += letter * (rest // value)
        rest %= value
    sentences = (
        f"A Roman would have written {year} as {letters}.",
        f"{letters} is {year}, if you are a Roman.",
        f"Carved in stone, {year} would be {letters}.",
    )
    return sentences[number % len(sentences)]


def _square(number: int, _: datetime) -> str:
    value = SMALLEST // 10 + number % SMALLEST
    return f"{value} squared is {value * value}."


def _binary(number: int, _: datetime) -> str:
    value = _number(number)
    return f"To me {value} looks like {value:b}."


@cache
def _cities() -> tuple[str, ...]:
    zones = (zone for zone in sorted(available_timezones()) if zone.startswith(AREAS))
    return tuple({zone.rpartition("/")[2]: zone for zone in zones}.values())
