"""The results as a table: absolute figures in the middle, ratios on the right."""

from collections.abc import Iterator
from typing import Any

from bench import growth
from bench.peers import LONG_POLLING, WEBSOCKET

ALIKE = 1.05  # a smaller difference is noise
WORDS = {
    "cpu": "processor time for a delivery",
    "joining": "processor time for joining",
    "p99": "99th percentile of the delay",
    "memory": "memory for a subscriber",
}
COLUMNS = ["CPU us", "median", "p99 ms", "kB each", "lost", "CPU to ours"]


def lines(results: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"\n{results['machine']}; {results['seconds']} s\n"
    yield f"{'':51}" + " ".join(f"{column:>8}" for column in COLUMNS)
    for subscribers, methods in results["fan-out"].items():
        for method, servers in methods.items():
            for name, figures in servers.items():
                ratio = figures["cpu"] / servers["ours"]["cpu"]
                yield (
                    f"{subscribers:>5} subscribers, {method:18} {name:14} "
                    f"{figures['cpu'] * 1e6:8.1f} {figures['median'] * 1e3:8.1f} "
                    f"{figures['p99'] * 1e3:8.1f} {figures['memory'] / 1e3:8.1f} "
                    f"{figures['lost']:8} {ratio:10.2f} x"
                )
    yield from main_lines(results)
    for method, figures in results["comeback"].items():
        yield (
            f"10,000 subscribers, {method}: the server stops in {figures['stop']:.1f} s, and "
            f"serves all again in {figures['comeback']:.1f} s; {figures['lost']} lost"
        )
    one, two = results["workers"][1], results["workers"][2]
    for method in (LONG_POLLING, WEBSOCKET):
        yield (
            f"2 workers to 1, {method}: p99 {two[method]['p99'] / one[method]['p99']:.2f} x, "
            f"CPU for a delivery {two[method]['cpu'] / one[method]['cpu']:.2f} x"
        )
    yield f"2 workers to 1, 64 posters: {two['posts'] / one['posts']:.2f} x the posts a second"
    for name, costs in results["growth"].items():
        columns = "  ".join(f"{cost:10.4g}" for cost in costs)
        yield f"{name:34} {columns}   10 million to 10 thousand: {growth.ratio(costs):.2f} x"
    yield f"50,000 messages at once to 100 subscribers, in seconds: {results['burst']}"
    yield f"the robot's replies: {results['reply']}; its clock: {results['ticks']}"


def main_lines(results: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of polls and posts."""
    for name, cost in results["polls"].items():
        yield f"{name:44} {cost * 1e6:7.0f} us of processor time"
    bare_loop = results["posts"]["lock, write, fsync"]
    for name, rate in results["posts"].items():
        yield f"{name:44} {rate:7.0f} posts a second {rate / bare_loop:10.2f} x the bare loop"


def words(results: dict[str, Any]) -> Iterator[str]:
    """Yield sentences that say where others are ahead, and by how much."""
    yield "\nOthers are ahead in these points:"
    for subscribers, methods in results["fan-out"].items():
        for method, servers in methods.items():
            ours = servers["ours"]
            for name, figures in servers.items():
                behind = [
                    f"{ours[field] / max(figures[field], 1e-9):.2f} times its {what}"
                    for field, what in WORDS.items()
                    if ours[field] > ALIKE * figures[field]
                ]
                if behind and not name.startswith("ours"):
                    yield (
                        f"- {name}, {subscribers:,} subscribers, {method}: we take "
                        f"{', '.join(behind)}."
                    )
    bare_loop = results["posts"]["lock, write, fsync"]
    if (rate := results["posts"]["ours, 64 posters"]) < bare_loop:
        yield f"- A bare loop of lock, write and flush: we do {rate / bare_loop:.2f} of its lines."
