"""Finds sums in a message: "twelve plus 3" and "двенадцать плюс 3" become ["12", "+", "3"]."""
# ruff: noqa: RUF001  # Cyrillic letters are meant

import re

SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL_RU = """
ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать
четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"""
TENS_RU = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"
HUNDREDS_RU = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
TIMES_RU = "дважды трижды четырежды пятью шестью семью восемью девятью"  # as in "дважды два"
UNITS = {
    word: start + step * i
    for words, start, step in (
        (SMALL, 0, 1), (TENS, 20, 10), (SMALL_RU, 0, 1), (TENS_RU, 20, 10), (HUNDREDS_RU, 100, 100),
    )
    for i, word in enumerate(words.split())
}  # fmt: skip
SCALES = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000,
    "тысяча": 1_000, "тысячи": 1_000, "тысяч": 1_000, "миллион": 1_000_000, "миллиона": 1_000_000,
}  # fmt: skip
PHRASES = [  # longer phrases first
    *((word, f"{i + 2} *") for i, word in enumerate(TIMES_RU.split())),
    ("в квадрате", "^ 2"),
    ("в кубе", "^ 3"),
    ("в степени", "^"),
    (r"to the power of|\*\*|raised to", "^"),
    (r"divided by|divided buy|divide by|over|\u00f7", "/"),
    (r"multiplied by|multiply by|times|\u00d7|(?<=\d)\s*x\s*(?=[\d(])|умножить на|\*", "*"),
    (r"plus|added to|плюс|\+", "+"),
    (r"minus|less|take away|минус|\u2212", "-"),
    (r"разделить на|делить на|поделить на", "/"),
    (r"(?:square root|sq root|sqrt|(?:квадратныи )?корень)(?: of| из)?", "√"),
    (r"percent of|per cent of|% of|(?:процент(?:ов|а)?|%) от", "% *"),
    (r"percent off|per cent off|% off", "% off"),
    (r"percent|per cent|процент(?:ов|а)?", "%"),
    (r"squared", "^ 2"),
    (r"cubed", "^ 3"),
    (r"factorial", "!"),
    (r"half of|половин[ау] от", "0.5 *"),
]
REWRITES = [
    (re.compile(rf"(?<![a-z\u0430-\u044f])(?:{phrase})(?![a-z\u0430-\u044f])"), f" {signs} ")
    for phrase, signs in PHRASES
]
VERBS = [
    (re.compile(r"\bsubtract (\S+) from (\S+)"), r"\2 - \1"),
    (re.compile(r"\bdivide (\S+) by (\S+)"), r"\1 / \2"),
    (re.compile(r"\badd (\S+) to (\S+)"), r"\2 + \1"),
    (re.compile(r"\b(\d+) to the (\d+)\s?(?:st|nd|rd|th)? power"), r"\1 ^ \2"),
    (re.compile(r"\b(\S+) (?:go|goes|fit|fits) into (\S+)"), r"\2 / \1"),
    (re.compile(r"\b(?:вычти|вычесть|отними|отнять) (\S+) (?:из|от) (\S+)"), r"\2 - \1"),
    (re.compile(r"\b(?:по|раз)?дели(?:те|ть)? (\S+) на (\S+)"), r"\1 / \2"),
    (re.compile(r"\b(?:по|у)множ(?:ь|ьте|ить) (\S+) на (\S+)"), r"\1 * \2"),
    (re.compile(r"\b(?:прибавь|прибавить|добавь) (\S+) к (\S+)"), r"\2 + \1"),
]
LISTS = [  # "add 2 and 3", "the sum of 1, 2 and 3"
    (re.compile(r"\b(?:add(?: up)?|(?:the )?(?:sum|total) of|сложи(?:ть|те)?|сумма)\b"), "+"),
    (re.compile(r"\b(?:multiply|(?:the )?product of)\b"), "*"),
]
PART = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|off|[a-zа-я]+|[-+*/^%()√!]")
MAX_CHARS = 500
SIGNS = "+-*/^%√!off"


def find_sum(text: str) -> list[str]:
    """Return the numbers and signs of the first sum in a message, or an empty list."""
    text = text.lower()[:MAX_CHARS].replace("ё", "е").replace("й", "и")
    for pattern, signs in REWRITES + VERBS:
        text = pattern.sub(signs, text)
    for pattern, sign in LISTS:
        if pattern.search(text):
            text = re.sub(r",? (?:and|и) |, | by ", f" {sign} ", pattern.sub(" ", text))
    for row in _rows(PART.findall(text.replace("$", ""))):
        if any(part in SIGNS for part in row[1:]) or row[0] == "√":
            return row
    return []


def _rows(parts: list[str]) -> list[list[str]]:
    """Return the unbroken rows of numbers and signs, with numbers in figures."""
    rows: list[list[str]] = [[]]
    for part in _in_figures(parts):
        if part[0].isdigit() or part == "off" or not part.isalpha():
            rows[-1].append(part)
        else:
            rows.append([])
    return [trimmed for row in rows if (trimmed := _trimmed(row))]


def _trimmed(row: list[str]) -> list[str]:
    """Remove the signs that belong to the sentence, as in "... is 2 + 2 -"."""
    while row and row[-1] in "+-*/^(√":
        row = row[:-1]
    while row and row[0] in "+*/^%)!":
        row = row[1:]
    return row if any(part[0].isdigit() for part in row) else []


def _in_figures(parts: list[str]) -> list[str]:
    """Join number words into figures: "twenty one hundred" is 2100."""
    figures: list[str] = []
    total = subtotal = 0
    in_number = False
    for part in [*parts, ""]:
        if part in UNITS:
            subtotal, in_number = subtotal + UNITS[part], True
        elif part in SCALES and in_number:
            subtotal *= SCALES[part]
            if SCALES[part] > 100:
                total, subtotal = total + subtotal, 0
        elif part in SCALES and figures and figures[-1].isdigit():
            figures[-1] = str(int(figures[-1]) * SCALES[part])
        else:
            if in_number:
                figures.append(str(total + subtotal))
                total, subtotal, in_number = 0, 0, False
            if part:
                figures.append(part.replace(",", ""))
    return figures
