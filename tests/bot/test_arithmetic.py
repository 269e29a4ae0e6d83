"""Arithmetic in messages."""

import pytest

from bot.facts.arithmetic import SumError, solve
from tests.bot.sample_topics import ask


@pytest.mark.parametrize(
    ("text", "solution"),
    [
        ("what is 12 times 7", "12 \u00d7 7 = 84"),
        ("2 + 3 * 4", "2 + 3 \u00d7 4 = 14"),
        ("(2 + 3) * 4", "(2 + 3) \u00d7 4 = 20"),
        ("2 ^ 3 ^ 2", "2 ^ 3 ^ 2 = 512"),
        ("15% of 80", "15% of 80 = 12"),
        ("30% off 235", "30% off 235 = 164.5"),
        ("square root of 144", "\u221a144 = 12"),
        ("square root of 2", "\u221a2 = 1.414214"),
        ("add 5 and 89", "5 + 89 = 94"),
        ("the sum of 3, 7, and 9", "3 + 7 + 9 = 19"),
        ("subtract 36 from 5", "5 \u2212 36 = -31"),
        ("twenty one plus two", "21 + 2 = 23"),
        ("1/3", "1 \u00f7 3 = 0.333333"),
        ("8 factorial", "8! = 40320"),
        ("сколько будет двадцать один плюс два", "21 + 2 = 23"),
        ("семью восемь", "7 \u00d7 8 = 56"),
        ("раздели 90 на 3", "90 \u00f7 3 = 30"),
        ("вычти 9 из 30", "30 \u2212 9 = 21"),
        ("сложи 3, 4 и 5", "3 + 4 + 5 = 12"),
        ("15% от 80", "15% of 80 = 12"),
        ("7 в квадрате", "7 ^ 2 = 49"),
        ("hello", ""),
        ("((((", ""),
    ],
)
def test_a_sum_is_solved(text: str, solution: str) -> None:
    assert solve(text) == solution


@pytest.mark.parametrize(
    "text",
    ["5 / 0", "0 ^ -1", "9 ^ 9 ^ 9", "9 ^ 99999", "sqrt(-4)", "500 factorial", "2 ^ 0.5",
     "1 + " * 90 + "1", "(" * 40 + "1 + 1", "9" * 40 + " + 1"],
)  # fmt: skip
def test_a_sum_without_a_result_gets_a_reply_with_the_reason(text: str) -> None:
    with pytest.raises(SumError) as error:
        solve(text)
    if len(text) < 60:
        assert str(error.value).lower() in ask(f"what is {text}").text.lower()


def test_a_sum_with_a_slip_is_solved() -> None:
    assert "90 \u00f7 30 = 3" in ask("what is 90 idvided by 30").text
