"""The results as a table: absolute figures in the middle, ratios on the right."""

from collections.abc import Iterator
from typing import Any

from bench import growth
from bench.peers import LONG_POLLING, WEBSOCKET

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
    one, two = results["workers"][1], results["workers"][2]
    for method in (LONG_POLLING, WEBSOCKET):
        yield (
            f"2 workers to 1, {method}: p99 {two[method]['p99'] / one[method]['p99']:.2f} x, "
            f"CPU for a delivery {two[method]['cpu'] / one[method]['cpu']:.2f} x"
        )
    yield f"2 workers to 1, 64 posters: {two['posts'] / one['posts']:.2f} x the posts a second"
    bare_loop = results["posts"]["lock, write, fsync"]
    for name, rate in results["posts"].items():
        yield f"{name:44} {rate:7.0f} posts a second {rate / bare_loop:10.2f} x the bare loop"
    for name, costs in results["growth"].items():
        columns = "  ".join(f"{cost:10.4g}" for cost in costs)
        yield f"{name:34} {columns}   10 million to 10 thousand: {growth.ratio(costs):.2f} x"
    yield f"50,000 messages at once to 100 subscribers, in seconds: {results['burst']}"
    yield f"the robot's replies: {results['reply']}; its clock: {results['ticks']}"
