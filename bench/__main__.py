"""Measures ours beside what people would pick instead: `python3 dev.py bench`, under ten minutes.

All in one run on one machine, in rounds that take turns; what counts are the ratios. Prints a
table, and writes bench/results.json and the chart docs/bench.svg.
"""

import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench import burst, chart, growth, peers, posts, robots
from bench.fanout import FanOut, fan_out
from bench.peers import DELIVERY_METHODS, EVENTS, LONG_POLLING, WEB_SOCKET

ROUNDS = 3
MESSAGES = 2  # in each round, one a second
CROWD, HALL, STADIUM = 100, 1000, 4000  # clients
ONCE = {"Flask threads", "ours on Redis"}  # measured in one round: they take their time
SERVERS = {
    "ours": peers.ours,
    "ours on Redis": peers.ours_on_redis,
    "nchan": peers.nchan,
    "Tornado": peers.tornado,
    "Flask threads": peers.flask_threads,
}
Results = dict[str, Any]


def main() -> None:
    """Measure all, print, and write."""
    started = time.monotonic()
    for name, packages in peers.missing().items():
        print(f"Not measured: {name}. On Debian and Ubuntu: sudo apt install {packages}")
        SERVERS.pop(name)
    results: Results = {"machine": machine()}
    results["fan-out"] = {size: fan_outs(size) for size in (HALL, STADIUM)}
    results["posts"] = posts.rates(ROUNDS - 1)
    results["burst"] = burst.seconds()
    with growth.dialogs() as dialogs, robots.ticking() as ticks:
        # Beside a robot that keeps its second, only what leaves a core to it.
        results["reply"] = robots.reply_times()
        results["growth"] = growth.costs(dialogs)
        results["workers"] = {count: workers(count) for count in (1, 2)}
        results["fan-out"][CROWD] = fan_outs(CROWD)
        print("waiting for the robot's 300 s", flush=True)
        results["ticks"] = ticks()
    results["seconds"] = round(time.monotonic() - started)
    Path("bench/results.json").write_text(json.dumps(results, indent=2) + "\n")
    chart.draw(results)
    print("\n".join(table(results)))


def machine() -> str:
    """Name the machine."""
    model = platform.processor()
    if (info := Path("/proc/cpuinfo")).exists():
        lines = info.read_text().splitlines()
        model = next((line.split(": ")[1] for line in lines if "model name" in line), model)
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def fan_outs(clients: int) -> Results:
    """Let all servers speak to so many clients in all ways, taking turns."""
    cells = [(way, name) for way in DELIVERY_METHODS for name in SERVERS if can(name, way, clients)]
    measured: dict[tuple[str, str], list[FanOut]] = {cell: [] for cell in cells}
    for round_ in range(1 if clients == STADIUM else ROUNDS):
        for way, name in cells:
            if round_ and name in ONCE:
                continue
            print(f"{clients} clients, {way}, {name}, round {round_ + 1}", flush=True)
            measured[way, name].append(fan_out(SERVERS[name], way, clients, MESSAGES))
    found: Results = {}
    for (way, name), runs in measured.items():
        medians = {field: median(getattr(run, field) for run in runs) for field in FanOut._fields}
        found.setdefault(way, {})[name] = medians
    return found


def can(name: str, way: str, clients: int) -> bool:
    """Whether this is measured: plain Flask has no sockets, and 4,000 take their time."""
    if name == "Flask threads":
        return way != WEB_SOCKET and clients < STADIUM
    if name == "ours on Redis":
        return clients == HALL
    return name == "ours" or way != EVENTS or clients < STADIUM


def workers(count: int) -> Results:
    """Let ours run with so many processes."""

    def start(clients: int) -> Any:  # noqa: ANN401
        return peers.ours(clients, "--workers", str(count))

    print(f"{count} workers", flush=True)
    found: Results = {
        way: fan_out(start, way, HALL, MESSAGES)._asdict() for way in (LONG_POLLING, WEB_SOCKET)
    }
    with peers.ours(0, "--workers", str(count)) as server:
        found["posts"] = posts.rate(server.port, 64)
    return found


def table(results: Results) -> Iterator[str]:
    """Yield the lines of the table: absolute figures in the middle, ratios on the right."""
    yield f"\n{results['machine']}; {results['seconds']} s\n"
    columns = ["CPU us", "median", "p99 ms", "kB each", "lost", "CPU to ours"]
    yield f"{'':47}" + " ".join(f"{column:>8}" for column in columns)
    for clients, ways in results["fan-out"].items():
        for way, servers in ways.items():
            for name, found in servers.items():
                ratio = found["cpu"] / servers["ours"]["cpu"]
                yield (
                    f"{clients:>5} clients, {way:18} {name:14} {found['cpu'] * 1e6:8.1f} "
                    f"{found['median'] * 1e3:8.1f} {found['p99'] * 1e3:8.1f} "
                    f"{found['memory'] / 1e3:8.1f} {found['lost']:8} {ratio:10.2f} x"
                )
    one, two = results["workers"][1], results["workers"][2]
    for way in (LONG_POLLING, WEB_SOCKET):
        yield (
            f"2 workers to 1, {way}: p99 {two[way]['p99'] / one[way]['p99']:.2f} x, "
            f"CPU a delivery {two[way]['cpu'] / one[way]['cpu']:.2f} x"
        )
    yield f"2 workers to 1, posts a second of 64 posters: {two['posts'] / one['posts']:.2f} x"
    bare = results["posts"]["lock, write, fsync"]
    for name, rate in results["posts"].items():
        yield f"{name:44} {rate:7.0f} posts a second {rate / bare:10.2f} x the bare loop"
    for name, costs in results["growth"].items():
        shown = "  ".join(f"{cost:10.4g}" for cost in costs)
        yield f"{name:34} {shown}   10 million to 10 thousand: {growth.ratio(costs):.2f} x"
    yield f"50,000 messages at once to 100 readers: {results['burst']}"
    yield f"a robot's reply: {results['reply']}; its ticks: {results['ticks']}"


if __name__ == "__main__":
    main()
