"""Sums in figures or in words: text in, "7 + 5 = 12" out.

Nothing is ever evaluated as code. Work is bounded: at most 60 parts, 20 brackets deep, numbers
of 4,000 bits, exponents up to 999. What cannot be computed (a division by zero, a number too
large) raises SumError, whose message is fit for a reply.
"""

import math
import re
from collections.abc import Callable
from fractions import Fraction

MAX_PARTS = 60
MAX_DEPTH = 20
MAX_BITS = 4_000
MAX_EXPONENT = 999

SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS = {word: i for i, word in enumerate(SMALL.split())}
UNITS |= {word: 20 + 10 * i for i, word in enumerate(TENS.split())}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
PHRASES = [  # longer phrases first
    (r"to the power of|\*\*|raised to", "^"),
    (r"divided by|divided buy|divide by|over|\u00f7", "/"),
    (r"multiplied by|multiply by|times|\u00d7|(?<=\d)\s*x\s*(?=[\d(])|умножить на|\*", "*"),
    (r"plus|added to|плюс|\+", "+"),
    (r"minus|less|take away|минус|\u2212", "-"),
    (r"разделить на|делить на", "/"),
    (r"(?:square root|sq root|sqrt|корень)(?: of| из)?", "√"),
    (r"percent of|per cent of|% of|процентов от", "% *"),
    (r"percent off|per cent off|% off", "% off"),
    (r"percent|per cent", "%"),
    (r"squared", "^ 2"),
    (r"cubed", "^ 3"),
    (r"factorial", "!"),
    (r"half of", "0.5 *"),
]
REWRITES = [
    (re.compile(rf"(?<![a-z\u0430-\u044f])(?:{p})(?![a-z\u0430-\u044f])"), f" {to} ")
    for p, to in PHRASES
]
VERBS = [  # "add 2 and 3", "subtract 2 from 7", "the sum of 1, 2 and 3"
    (re.compile(r"\bsubtract (\S+) from (\S+)"), r"\2 - \1"),
    (re.compile(r"\bdivide (\S+) by (\S+)"), r"\1 / \2"),
]
LISTS = [
    (re.compile(r"\b(?:add(?: up)?|(?:the )?(?:sum|total) of)\b"), "+"),
    (re.compile(r"\b(?:multiply|(?:the )?product of)\b"), "*"),
]
PART = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|off|[a-z]+|[-+*/^%()√!]")
SHOWN = {"*": "\u00d7", "/": "\u00f7", "-": "\u2212", "√": "√"}


class SumError(ValueError):
    """A sum that has no answer, and why, in words for the one who asked."""


def solve(text: str) -> str:
    """The first sum in the text with its result, "" where there is none. Raises SumError."""
    text = text.lower()[:500]
    for pattern, to in REWRITES + VERBS:
        text = pattern.sub(to, text)
    for pattern, sign in LISTS:
        if pattern.search(text):
            text = re.sub(r",? and |, | by ", f" {sign} ", pattern.sub(" ", text))
    for run in _runs(PART.findall(text.replace("$", ""))):
        if any(part in "+-*/^%√!off" for part in run[1:]) or run[0] == "√":
            return _solved(run)
    return ""


def _runs(parts: list[str]) -> list[list[str]]:
    """Unbroken rows of numbers and signs; number words are turned into figures."""
    runs: list[list[str]] = [[]]
    for part in _figures(parts):
        if part[0].isdigit() or part == "off" or not part.isalpha():
            runs[-1].append(part)
        else:
            runs.append([])
    trimmed = [_trimmed(run) for run in runs]
    return [run for run in trimmed if run]


def _trimmed(run: list[str]) -> list[str]:
    """Without the signs that a sentence leaves behind, as in "... is 2 + 2 -"."""
    while run and run[-1] in "+-*/^(√":
        run = run[:-1]
    while run and run[0] in "+*/^%)!":
        run = run[1:]
    return run if any(part[0].isdigit() for part in run) else []


def _figures(parts: list[str]) -> list[str]:
    """Number words joined into figures: "twenty one hundred" is 2100."""
    out: list[str] = []
    total = part_sum = 0
    reading = False
    for part in [*parts, ""]:
        if part in UNITS:
            part_sum, reading = part_sum + UNITS[part], True
        elif part in SCALES and reading:
            part_sum *= SCALES[part]
            if SCALES[part] > 100:
                total, part_sum = total + part_sum, 0
        elif part in SCALES and out and out[-1].isdigit():
            out[-1] = str(int(out[-1]) * SCALES[part])
        else:
            if reading:
                out.append(str(total + part_sum))
                total, part_sum, reading = 0, 0, False
            if part:
                out.append(part.replace(",", ""))
    return out


def _solved(run: list[str]) -> str:
    if len(run) > MAX_PARTS:
        raise SumError("that sum is longer than my patience; up to sixty parts, please")
    value, rest = _sum(run, 0, 0)
    if rest < len(run):
        return _solved(run[:rest]) if rest > 1 else ""
    shown = " ".join(SHOWN.get(part, part) for part in run)
    for wide, tight in (("( ", "("), (" )", ")"), ("√ ", "√"), (" !", "!"), (" %", "%")):
        shown = shown.replace(wide, tight)
    shown = shown.replace("% \u00d7", "% of")
    return f"{shown} = {_number(value)}"


def _number(value: Fraction) -> str:
    if value.denominator == 1 and abs(value) < 10**15:
        return str(value.numerator)
    if abs(value) >= 10**15:
        digits = len(str(abs(value.numerator // value.denominator))) - 1
        return f"about {float(value / 10**digits):.4g} \u00d7 10^{digits}"
    return f"{float(value):.6f}".rstrip("0").rstrip(".") if abs(value) > Fraction(1, 10**4) else (
        f"{float(value):.3g}")  # fmt: skip


# --- one function for each level of binding ----------------------------------------------

Level = tuple[Fraction, int]


def _sum(run: list[str], i: int, depth: int) -> Level:
    return _level(run, i, depth, _product, {"+": lambda a, b: a + b, "-": lambda a, b: a - b})


def _product(run: list[str], i: int, depth: int) -> Level:
    return _level(run, i, depth, _power, {"*": lambda a, b: a * b, "/": _divide, "off": _off})


def _level(
    run: list[str],
    i: int,
    depth: int,
    below: Callable[[list[str], int, int], Level],
    signs: dict[str, Callable[[Fraction, Fraction], Fraction]],
) -> Level:
    value, i = below(run, i, depth)
    while i + 1 < len(run) and run[i] in signs:
        right, after = below(run, i + 1, depth)
        value, i = _bounded(signs[run[i]](value, right)), after
    return value, i


def _power(run: list[str], i: int, depth: int) -> Level:
    if depth > MAX_DEPTH:
        raise SumError("too many brackets; I lost count")
    if run[i : i + 1] == ["-"]:
        value, i = _power(run, i + 1, depth + 1)
        return -value, i
    value, i = _operand(run, i, depth)
    if run[i : i + 1] == ["^"] and i + 1 < len(run):
        exponent, i = _power(run, i + 1, depth + 1)
        value = _raised(value, exponent)
    return value, i


def _operand(run: list[str], i: int, depth: int) -> Level:
    """A number, a bracket or a root, with the signs that may follow it."""
    part = run[i] if i < len(run) else ""
    if part == "(":
        value, i = _sum(run, i + 1, depth + 1)
        i += run[i : i + 1] == [")"]
    elif part == "√":
        value, i = _power(run, i + 1, depth + 1)
        value = _root(value)
    elif part[:1].isdigit():
        if len(part) > 30:
            raise SumError("that number has more digits than I have fingers")
        value, i = Fraction(part), i + 1
    else:
        raise SumError("I can't make out that sum")
    while i < len(run) and run[i] in "%!":
        value, i = value / 100 if run[i] == "%" else _factorial(value), i + 1
    return value, i


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise SumError("that number is too large to write down here")
    return value


def _divide(a: Fraction, b: Fraction) -> Fraction:
    if b == 0:
        raise SumError("dividing by zero is the one thing even I can't do")
    return a / b


def _off(share: Fraction, whole: Fraction) -> Fraction:
    return whole * (1 - share)


def _raised(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise SumError("I only raise to whole powers")
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(exponent) > MAX_EXPONENT or size * abs(exponent) > MAX_BITS:
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
    if value.denominator != 1 or not 0 <= value <= 300:
        raise SumError("I do factorials of whole numbers up to 300")
    return Fraction(math.factorial(int(value)))
