"""Reads the values of settings. Each function raises ValueError for a value that is not allowed."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

LARGEST_BOUND = {"size": 1e18, "age": 36_500 * 86_400}  # bytes, and seconds, which dates allow


def number(low: float, high: float, kind: Callable[[str], float] = float) -> Callable[[str], Any]:
    """Return a function that reads a number from `low` to `high`, and raises ValueError outside."""

    def parse(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return parse


def bounds(text: str) -> dict[str, float]:
    """Return how much of the dialog to keep, from `1GB`, `30d` or both. Raises ValueError.

    The result has `size` in bytes and `age` in seconds, as `Dialog.trim` takes them.
    """
    limits = [_bound(part) for part in text.split()]
    if len(dict(limits)) < len(limits):
        raise ValueError
    return dict(limits)


def _bound(text: str) -> tuple[str, float]:
    units = {"kB": ("size", 1e3), "MB": ("size", 1e6), "GB": ("size", 1e9), "d": ("age", 86_400)}
    digits = text.rstrip("kMGBd")
    name, factor = units.get(text.removeprefix(digits), ("", 0.0))
    if not 0 < float(digits) * factor <= LARGEST_BOUND.get(name, 0.0):
        raise ValueError
    return name, float(digits) * factor


def text_in(encoding: str) -> Callable[[str], str]:
    """Return a function that returns its text, and raises ValueError if it cannot be encoded."""
    return lambda text: str(text.encode(encoding), encoding)


def words(text: str) -> list[str]:
    """Return words that are separated by spaces or commas."""
    return text.replace(",", " ").split()


def proxies(text: str) -> list[str]:
    """Return the addresses and networks in a text, or `*`. Raises ValueError."""
    for word in words(text):
        if word != "*":
            ip_network(word, strict=False)
    return words(text)
