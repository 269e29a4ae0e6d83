"""Arithmetic in figures or in words: "what is 7 plus 5" gives "7 + 5 = 12".

Nothing is evaluated as code. The work is bounded by the number of parts, the depth of brackets,
the size of numbers and of exponents.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from bot.facts.expressions import find_sum

MAX_PARTS = 60
MAX_DEPTH = 20  # brackets, signs and powers within each other
MAX_DIGITS = 30  # of a number in the message
MAX_BITS = 4_000  # of a result
MAX_EXPONENT = 999
MAX_FACTORIAL = 300
SHOWN = {"*": "\u00d7", "/": "\u00f7", "-": "\u2212"}
SPACING = {"( ": "(", " )": ")", "√ ": "√", " !": "!", " %": "%", "% \u00d7": "% of"}

Value = tuple[Fraction, int]  # and the index of the part after it
Operation = Callable[[Fraction, Fraction], Fraction]


class SumError(ValueError):
    """The sum has no result. The message says why, in words for a reply."""


def solve(text: str) -> str:
    """Return the first sum in a message with its result, or an empty string. Raises SumError."""
    parts, value = _solve(find_sum(text))
    if value is None:
        return ""
    shown = " ".join(SHOWN.get(part, part) for part in parts)
    for wide, tight in SPACING.items():
        shown = shown.replace(wide, tight)
    return f"{shown} = {_in_figures(value)}"


def result(text: str) -> Fraction | None:
    """Return the result of the first sum in a message, or None. Raises SumError."""
    return _solve(find_sum(text))[1]


def _solve(parts: list[str]) -> tuple[list[str], Fraction | None]:
    """Return the parts of a sum that belong together, with their result."""
    if not parts:
        return parts, None
    if len(parts) > MAX_PARTS:
        raise SumError("that sum is longer than my patience; up to sixty parts, please")
    value, end = _sum(parts, 0, 0)
    if end < len(parts):
        return _solve(parts[:end]) if end > 1 else (parts, None)
    return parts, value


def _in_figures(value: Fraction) -> str:
    if value.denominator == 1 and abs(value) < 10**15:
        return str(value.numerator)
    if abs(value) >= 10**15:
        digits = len(str(abs(value.numerator // value.denominator))) - 1
        return f"about {float(value / 10**digits):.4g} \u00d7 10^{digits}"
    if abs(value) > Fraction(1, 10**4):
        return f"{float(value):.6f}".rstrip("0").rstrip(".")
    return f"{float(value):.3g}"


# One function for each level of precedence. Each takes the parts, the index of the next part and
# the depth.


def _sum(parts: list[str], i: int, depth: int) -> Value:
    operations = {"+": lambda a, b: a + b, "-": lambda a, b: a - b}
    return _left_to_right(parts, i, depth, _product, operations)


def _product(parts: list[str], i: int, depth: int) -> Value:
    operations = {"*": lambda a, b: a * b, "/": _divide, "off": lambda a, b: b * (1 - a)}
    return _left_to_right(parts, i, depth, _power, operations)


def _left_to_right(
    parts: list[str],
    i: int,
    depth: int,
    operand: Callable[[list[str], int, int], Value],
    operations: Mapping[str, Operation],
) -> Value:
    value, i = operand(parts, i, depth)
    while i + 1 < len(parts) and parts[i] in operations:
        right, end = operand(parts, i + 1, depth)
        value, i = _bounded(operations[parts[i]](value, right)), end
    return value, i


def _power(parts: list[str], i: int, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise SumError("too many brackets; I lost count")
    if parts[i : i + 1] == ["-"]:
        value, i = _power(parts, i + 1, depth + 1)
        return -value, i
    value, i = _operand(parts, i, depth)
    if parts[i : i + 1] == ["^"] and i + 1 < len(parts):
        exponent, i = _power(parts, i + 1, depth + 1)
        value = _raise(value, exponent)
    return value, i


def _operand(parts: list[str], i: int, depth: int) -> Value:
    """Return a number, a bracket or a root, with the % and ! after it."""
    part = parts[i] if i < len(parts) else ""
    if part == "(":
        value, i = _sum(parts, i + 1, depth + 1)
        i += parts[i : i + 1] == [")"]
    elif part == "√":
        value, i = _power(parts, i + 1, depth + 1)
        value = _root(value)
    elif part[:1].isdigit():
        if len(part) > MAX_DIGITS:
            raise SumError("that number has more digits than I have fingers")
        value, i = Fraction(part), i + 1
    else:
        raise SumError("I can't make out that sum")
    while i < len(parts) and parts[i] in "%!":
        value, i = value / 100 if parts[i] == "%" else _factorial(value), i + 1
    return value, i


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise SumError("that number is too large to write down here")
    return value


def _divide(a: Fraction, b: Fraction) -> Fraction:
    if b == 0:
        raise SumError("dividing by zero is the one thing even I can't do")
    return a / b


def _raise(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise SumError("I only raise to whole powers")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(exponent) > MAX_EXPONENT or bits * abs(exponent) > MAX_BITS:
        raise SumError("that number is too large to write down here")
    if base == 0 and exponent < 0:
        return _divide(Fraction(1), base)
    return base ** int(exponent)


def _root(value: Fraction) -> Fraction:
    if value < 0:
        raise SumError("the root of a negative number is imaginary, and I'm not that imaginative")
    exact = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    if exact * exact == value:
        return exact
    scale = 10**24
    return Fraction(math.isqrt(value.numerator * scale // value.denominator), 10**12)


def _factorial(value: Fraction) -> Fraction:
    if value.denominator != 1 or not 0 <= value <= MAX_FACTORIAL:
        raise SumError("I do factorials of whole numbers up to 300")
    return Fraction(math.factorial(int(value)))
