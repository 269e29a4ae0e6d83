"""What the delivery of a message costs, from the results of the last benchmark."""

import json
from functools import cache
from pathlib import Path

METHODS = ("long polling", "WebSocket", "server-sent events")


@cache
def delivery_costs(path: Path) -> str:
    """Return the processor time of a delivery by each method, or "" without results.

    An example is "43 µs by long polling, 16 µs by WebSocket".
    """
    try:
        methods = json.loads(path.read_bytes())["fan-out"]["1000"]
        costs = {name: methods[name]["ours"]["cpu"] * 1e6 for name in METHODS}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""
    return ", ".join(f"{cost:.0f} µs by {name}" for name, cost in costs.items())
