"""The name that a person gives: "call me Ann", but not "call me a taxi"."""

import re

OPENINGS = re.compile(
    r"\b(?:call me|calling me|my (?:real |nick|user)?name(?:'s| is| should be)?(?: now)?|name's"
    r"|name is|i am called|i'm called|i go by(?: the name(?: of)?)?|refer to me as|address me as"
    r"|know me as|change my (?:user ?)?name to|change it to|name to|use the name|to be called"
    r"|i am|i'm|im|it's|this is"
    r"|меня зовут|зови меня|называй меня|звать меня|называть меня|звал меня|мо[её] имя|имя на)"
    r"\s+(?:just |please |by |просто |теперь )?",
    re.IGNORECASE,
)
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
    """Return the name that a message gives to its author, as written, or an empty string."""
    for opening in reversed(list(OPENINGS.finditer(text))):
        found = NAME.match(text, opening.end())
        if not found or found[0].split()[0].lower() in NOT_NAMES or len(found[0]) > LONGEST:
            continue
        if WEAK.search(opening[0]) and not found[0][0].isupper():
            continue
        return found[0]
    return ""
