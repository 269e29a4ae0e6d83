"""The name that a person gives: "call me Ann", but not "call me a taxi"."""

import re

from bot.text.spelling import normalize, stem
from bot.text.vocabulary import base_vocabulary

OPENINGS = re.compile(
    r"\b(?:call me|calling me|my (?:real |nick|user)?name(?:'s| is| should be)?(?: now)?|name's"
    r"|(?<!her )(?<!his )(?<!its )(?<!their )(?<!'s )name is|i am called|i'm called"
    r"|i go by(?: the name(?: of)?)?|refer to me as|address me as"
    r"|know me as|change my (?:user ?)?name to|change it to|name to|use the name|to be called"
    r"|i am|i'm|im|it's|this is"
    r"|меня зовут|зови меня|называй меня|звать меня|называть меня|звал меня"
    r"|мо[\u0435\u0451] имя|имя на|можно просто)"
    r"\s+(?:just |please |by |просто |теперь )?",
    re.IGNORECASE,
)
NAME_IN_THE_MIDDLE = re.compile(r"(?<!\w)меня (\w+) зовут(?!\w)", re.IGNORECASE)
WEAK = re.compile(r"\b(?:i am|i'm|im|it's|this is)\s+$", re.IGNORECASE)  # also "I am tired"
NAME = re.compile(r"[^\W\d_][\w'-]*(?: [A-Z\u0410-\u042f\u0401][\w'-]*){0,2}")
LONGEST = 40  # characters
NOT_NAMES_WORDS = """
    a an the my your his her when if back later tomorrow tonight at on in crazy maybe something
    anything by not what now old names name is again today please an that this it some any
    another different me you and or for to from with as so very just here there going happy sad
    tired fine good well ok okay как не что мое моё на другое другим сегодня завтра по
"""
NOT_NAMES = frozenset(NOT_NAMES_WORDS.split())


def given_name(text: str) -> str:
    """Return the name that a message gives to its author, or an empty string.

    A known first name gets a capital letter, and any other name stays as written.
    """
    if inside := NAME_IN_THE_MIDDLE.search(text):
        return inside[1].title() if _is_first_name(inside[1]) else ""
    for opening in reversed(list(OPENINGS.finditer(text))):
        found = NAME.match(text, opening.end())
        if not found or found[0].split()[0].lower() in NOT_NAMES or len(found[0]) > LONGEST:
            continue
        if found[0][0].isupper():
            return found[0]
        if _is_first_name(found[0]):
            return found[0].title()
        if not WEAK.search(opening[0]):
            return found[0]
    return ""


def _is_first_name(word: str) -> bool:
    return stem(normalize(word)) in base_vocabulary().families["firstname"]
