"""The time in other places: "what time is it in Tokyo?"."""

import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.text.spelling import is_russian, normalize, stem

LONGEST_NAME = 3  # words
SHORTEST_NAME = 4  # letters
# Countries, and cities that no zone is named after. A country with several zones has its capital's.
OTHERS = """
america=America/New_York usa=America/New_York new_york_city=America/New_York nyc=America/New_York
boston=America/New_York miami=America/New_York washington=America/New_York
atlanta=America/New_York philadelphia=America/New_York florida=America/New_York
texas=America/Chicago dallas=America/Chicago houston=America/Chicago
san_francisco=America/Los_Angeles california=America/Los_Angeles seattle=America/Los_Angeles
las_vegas=America/Los_Angeles san_diego=America/Los_Angeles hawaii=Pacific/Honolulu
alaska=America/Anchorage canada=America/Toronto montreal=America/Toronto brazil=America/Sao_Paulo
rio=America/Sao_Paulo argentina=America/Argentina/Buenos_Aires mexico=America/Mexico_City
england=Europe/London britain=Europe/London uk=Europe/London scotland=Europe/London
france=Europe/Paris germany=Europe/Berlin munich=Europe/Berlin hamburg=Europe/Berlin
spain=Europe/Madrid barcelona=Europe/Madrid italy=Europe/Rome milan=Europe/Rome
norway=Europe/Oslo sweden=Europe/Stockholm finland=Europe/Helsinki denmark=Europe/Copenhagen
greece=Europe/Athens ireland=Europe/Dublin ukraine=Europe/Kyiv russia=Europe/Moscow
switzerland=Europe/Zurich austria=Europe/Vienna netherlands=Europe/Amsterdam
belgium=Europe/Brussels china=Asia/Shanghai beijing=Asia/Shanghai japan=Asia/Tokyo
osaka=Asia/Tokyo india=Asia/Kolkata delhi=Asia/Kolkata mumbai=Asia/Kolkata korea=Asia/Seoul
thailand=Asia/Bangkok vietnam=Asia/Ho_Chi_Minh israel=Asia/Jerusalem tel_aviv=Asia/Jerusalem
australia=Australia/Sydney new_zealand=Pacific/Auckland kenya=Africa/Nairobi
nigeria=Africa/Lagos south_africa=Africa/Johannesburg cape_town=Africa/Johannesburg
portugal=Europe/Lisbon poland=Europe/Warsaw turkey=Europe/Istanbul egypt=Africa/Cairo
hungary=Europe/Budapest romania=Europe/Bucharest bulgaria=Europe/Sofia croatia=Europe/Zagreb
iceland=Atlantic/Reykjavik colombia=America/Bogota peru=America/Lima chile=America/Santiago
indonesia=Asia/Jakarta philippines=Asia/Manila pakistan=Asia/Karachi iran=Asia/Tehran
португалия=Europe/Lisbon испания=Europe/Madrid польша=Europe/Warsaw турция=Europe/Istanbul
грузия=Asia/Tbilisi тбилиси=Asia/Tbilisi ереван=Asia/Yerevan алматы=Asia/Almaty
казань=Europe/Moscow сочи=Europe/Moscow самара=Europe/Samara красноярск=Asia/Krasnoyarsk
иркутск=Asia/Irkutsk хабаровск=Asia/Vladivostok калининград=Europe/Kaliningrad
gmt=UTC utc=UTC est=America/New_York pst=America/Los_Angeles eastern=America/New_York
pacific=America/Los_Angeles central=America/Chicago mountain=America/Denver
москва=Europe/Moscow московское=Europe/Moscow петербург=Europe/Moscow питер=Europe/Moscow
россия=Europe/Moscow лондон=Europe/London англия=Europe/London париж=Europe/Paris
франция=Europe/Paris берлин=Europe/Berlin германия=Europe/Berlin мадрид=Europe/Madrid
рим=Europe/Rome италия=Europe/Rome киев=Europe/Kyiv минск=Europe/Minsk осло=Europe/Oslo
токио=Asia/Tokyo япония=Asia/Tokyo пекин=Asia/Shanghai китай=Asia/Shanghai дели=Asia/Kolkata
индия=Asia/Kolkata сеул=Asia/Seoul дубай=Asia/Dubai стамбул=Europe/Istanbul
новосибирск=Asia/Novosibirsk екатеринбург=Asia/Yekaterinburg владивосток=Asia/Vladivostok
омск=Asia/Omsk нью_иорк=America/New_York иорк=America/New_York сша=America/New_York
америка=America/New_York чикаго=America/Chicago сиднеи=Australia/Sydney
австралия=Australia/Sydney
"""
AFTER_PREPOSITION = re.compile(r"\b(?:in|over in|at|в|во)\s+((?:[^\W\d_]+[ -]?){1,3})")
NOT_PLACES_WORDS = """
    time zone the your this that now here there a an words figures which what my our day est
    hours minutes case fact general какое какои нем этом часовом
"""
NOT_PLACES = frozenset(NOT_PLACES_WORDS.split())


def place_time(text: str, now: datetime) -> str:
    """Return the time in the place that a message names, in a sentence.

    An unknown place is said to be unknown. Returns an empty string if no place is named.
    """
    russian = is_russian(text)
    found = _find(text)
    if not found:
        place = named_place(text)
        if not place:
            return ""
        if russian:
            return f"Такого места я не знаю: {place}. По моим часам {now:%H:%M}."
        return f"I don't know the time in {place}; my own clock says {now:%H:%M}."
    place, zone = found
    try:
        there = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, OSError):
        return "This computer has no time zones, so I can't tell." if not russian else ""
    if russian:
        return f"Там сейчас {there:%H:%M}, {there:%d.%m}."
    return f"In {place} it is {there:%H:%M}, on {there:%A}."


def named_place(text: str) -> str:
    """Return the words after "in", as written, or an empty string."""
    found = AFTER_PREPOSITION.search(text)
    words = found[1].split() if found else []
    if not words or normalize(words[0]) in NOT_PLACES:
        return ""
    capital = [word for word in words if word[0].isupper()]
    return " ".join(capital) or words[0]


def _find(text: str) -> tuple[str, str] | None:
    """Return the name of the place as written, and its zone."""
    words = re.findall(r"[^\W\d_]+", text)
    for length in range(LONGEST_NAME, 0, -1):
        for i in range(len(words) - length + 1):
            name = words[i : i + length]
            key = " ".join(stem(normalize(word)) for word in name)
            if zone := _zones().get(key):
                return " ".join(word[:1].upper() + word[1:] for word in name), zone
    return None


@cache
def _zones() -> dict[str, str]:
    """Return the time zones by the names of their places, in lower case."""
    zones: dict[str, str] = {}
    for zone in sorted(available_timezones()):
        name = zone.rpartition("/")[2].replace("_", " ").lower()
        if "/" in zone and not zone.startswith("Etc/") and len(name) >= SHORTEST_NAME:
            zones.setdefault(name, zone)
    for entry in OTHERS.split():
        name, zone = entry.split("=")
        zones[" ".join(stem(word) for word in name.split("_"))] = zone
    return zones
