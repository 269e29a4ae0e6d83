"""What a subscriber costs the server, from the figures of the benchmark."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent.parent.parent / "bench" / "results.json"
SUBSCRIBERS = "1000"  # the run whose figures are shown
TITLES = {
    "websocket": "WebSocket",
    "events": "server-sent events",
    "long-polling": "long polling",
    "polling": "polling",
}


@dataclass(frozen=True)
class Cost:
    """The cost of one delivery method."""

    method: str
    cpu: float  # microseconds of processor time for a delivery, or for a request
    memory: float  # kilobytes for a subscriber
    is_estimate: bool = False


@cache
def read_costs() -> list[Cost]:
    """Return the cost of each method that was measured; none if the benchmark's file is missing.

    A poll takes the same code as a long poll. Until the benchmark measures polling, the figure of
    long polling stands for a request. A poll holds no memory between two requests.
    """
    try:
        fan_out: Any = json.loads(RESULTS.read_text("utf-8"))["fan-out"][SUBSCRIBERS]
    except (OSError, ValueError, KeyError):
        return []
    costs = []
    for method, title in TITLES.items():
        is_estimate = method == "polling" and title not in fan_out
        figures = fan_out.get("long polling" if is_estimate else title, {}).get("ours")
        if figures:
            memory = 0.0 if method == "polling" else figures["memory"] / 1000
            costs.append(Cost(method, figures["cpu"] * 1e6, memory, is_estimate))
    return costs
