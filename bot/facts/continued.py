"""Sums that go on: "and divided by 3?" after "what is 12 times 7"."""

import re
from collections.abc import Sequence
from fractions import Fraction

from bot.facts.arithmetic import SumError, result

LOOKED_BACK = 4  # messages of the author in which the sum may stand
LARGEST = 10**12  # numerator and denominator of a result that a sum goes on from
OPENING = re.compile(
    r"(?:(?:and|now|then|ok|okay|so|what about|how about|what is|what's"
    r"|that|it|\u0430|\u0438|теперь|потом)\s+)*"
    r"(?=(?:plus|minus|times|divided by|multiplied by|over|squared|cubed|плюс|минус|умножить на"
    r"|разделить на|делить на|поделить на)\b|[+*/\u00d7\u00f7^]\s*\d|[-\u2212]\s+\d|x\s*\d)",
    re.IGNORECASE,
)


def continued_sum(text: str, earlier: Sequence[str]) -> str:
    """Return the whole sum if `text` goes on from the result of an earlier one, or "".

    `earlier` are the author's messages so far, oldest first.
    """
    opening = OPENING.match(text.strip())
    if not opening:
        return ""
    value: Fraction | None = None
    for message in earlier[-LOOKED_BACK:]:
        goes_on = value is not None and OPENING.match(message.strip())
        try:
            value = result(_joined(value, message) if value is not None and goes_on else message)
        except SumError:
            value = None
    if value is None or max(abs(value.numerator), value.denominator) > LARGEST:
        return ""
    return _joined(value, text)


def _joined(value: Fraction, text: str) -> str:
    shown = str(value) if value.denominator == 1 else f"({value})"
    return f"{shown} {OPENING.sub('', text.strip(), count=1)}"
