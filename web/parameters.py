"""The parameters of a query, read the same way by Flask and by the delivery methods."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime

from dialog.message import format_time
from web.errors import ApiError

LARGEST_PAGE = 500  # messages
DEFAULT_PAGE = 100  # messages that a delivery method sends at once, without a `limit`
LONGEST_SEARCH = 200  # characters
LONGEST_WAIT = 25.0  # seconds; Heroku's router gives up after 30


def limit_from(args: Mapping[str, str], default: int = DEFAULT_PAGE) -> int:
    """Return the number of messages that the client asks for, at most `LARGEST_PAGE`.

    Raises ApiError.
    """
    limit = args.get("limit")
    if limit is None:
        return default
    if not (limit.isascii() and limit.isdigit() and limit.strip("0")):
        raise ApiError(400, "bad_limit", "limit must be a whole number, 1 or more.")
    return min(int(limit), LARGEST_PAGE) if len(limit) < 10 else LARGEST_PAGE


def search_text_from(args: Mapping[str, str]) -> str:
    """Return the text that the client searches for, without space around it. Raises ApiError."""
    if "after" in args:
        raise ApiError(
            400, "bad_search", "A search goes back in time. Use before instead of after."
        )
    text = args["search"].strip()
    if not text:
        raise ApiError(400, "bad_search", "The search is empty. Enter something to search for.")
    if len(text) > LONGEST_SEARCH:
        raise ApiError(
            400, "bad_search", f"The search is too long. The limit is {LONGEST_SEARCH} characters."
        )
    return text


def timeout_from(args: Mapping[str, str]) -> float:
    """Return the seconds that the client wants to wait, at most `LONGEST_WAIT`.

    Raises ApiError.
    """
    try:
        timeout = float(args.get("timeout", LONGEST_WAIT))
    except ValueError:
        timeout = math.nan
    if not timeout >= 0:
        raise ApiError(400, "bad_timeout", "timeout must be a number of seconds, 0 or more.")
    return min(timeout, LONGEST_WAIT)


def time_from(args: Mapping[str, str]) -> str:
    """Return the time in `since`, in the format of messages. Raises ApiError."""
    try:
        time = datetime.fromisoformat(args["since"])
        if time.tzinfo:
            return format_time(time.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    raise ApiError(400, "bad_time", "since must be a time such as 2026-11-24T09:40:00Z.")
