"""Compares this chat with common alternatives: `python3 dev.py bench`, eleven minutes.

All servers run on one machine, and take turns in rounds. The ratios count, not the absolute
figures. Prints a table, and writes bench/results.json and the charts docs/bench*.svg.

    python3 dev.py bench --quick    the main ratios in 90 seconds; writes no file
"""

import argparse
import json
import os
import platform
import time
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Any

from bench import burst, chart, comeback, growth, peers, polls, posts, robots, table
from bench.fanout import FanOut, fan_out
from bench.peers import DELIVERY_METHODS, LONG_POLLING, WEBSOCKET
from bench.processes import Running
from web.resources import raise_descriptor_limit

ROUNDS = 3
MESSAGES = 2  # in each round, one a second
FEW, MANY, MOST = 100, 1000, 10_000  # subscribers
ONE_ROUND = {"Flask threads", "ours on Redis", "hub example"}  # to save time
SERVERS = {
    "ours": peers.ours,
    "ours on Redis": peers.ours_on_redis,
    "hub example": peers.hub_example,
    "nchan": peers.nchan,
    "Tornado": peers.tornado,
    "Flask threads": peers.flask_threads,
}
Results = dict[str, Any]


def main() -> None:
    """Run all benchmarks, or the main ones, and print the results."""
    parser = argparse.ArgumentParser(description="Compare this chat with other servers.")
    parser.add_argument("--quick", action="store_true", help="the main ratios in 90 seconds")
    is_quick = parser.parse_args().quick
    raise_descriptor_limit()
    for name, packages in peers.missing().items():
        print(f"Skipping {name}. To include it on Debian or Ubuntu: sudo apt install {packages}")
        SERVERS.pop(name)
    if is_quick:
        run_main_ones()
    else:
        run_all()


def run_main_ones() -> None:
    """Run the benchmarks of the main ratios, in two rounds."""
    for name in SERVERS.keys() - {"ours", "nchan"}:
        del SERVERS[name]
    results: Results = {
        "fan-out": {MANY: fan_outs(MANY, rounds=2)},
        "polls": polls.costs(),
        "posts": posts.rates(1, {"lock, write, fsync", "ours, 64 posters"}),
    }
    print("\n".join([*table.main_lines(results), *table.words(results)]))


def run_all() -> None:
    """Run all benchmarks and write the results."""
    started = time.monotonic()
    results: Results = {"machine": machine()}
    results["fan-out"] = {MANY: fan_outs(MANY, ROUNDS), MOST: fan_outs(MOST, rounds=1)}
    results["comeback"] = comeback.seconds(MOST)
    results["polls"] = polls.costs()
    results["posts"] = posts.rates(ROUNDS - 1)
    results["burst"] = burst.seconds()
    with growth.dialogs() as dialogs, robots.remarks() as remark_times:
        # The robot keeps its clock only if one core is free, so these benchmarks use just one.
        results["reply"] = robots.reply_times()
        results["growth"] = growth.costs(dialogs)
        results["workers"] = {count: workers(count) for count in (1, 2)}
        results["fan-out"][FEW] = fan_outs(FEW, ROUNDS)
        print("waiting until the robot has run for 300 s", flush=True)
        results["ticks"] = remark_times()
    results["seconds"] = round(time.monotonic() - started)
    Path("bench/results.json").write_text(json.dumps(results, indent=2) + "\n")
    chart.draw(results)
    print("\n".join([*table.lines(results), *table.words(results)]))


def machine() -> str:
    """Return the processor, the system and the Python version."""
    model = platform.processor()
    if (info := Path("/proc/cpuinfo")).exists():
        lines = info.read_text().splitlines()
        model = next((line.split(": ")[1] for line in lines if "model name" in line), model)
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def fan_outs(subscribers: int, rounds: int) -> Results:
    """Return the medians of each server with each delivery method. The servers take turns."""
    cells = [
        (method, name)
        for method in DELIVERY_METHODS
        for name in SERVERS
        if is_measured(name, method, subscribers)
    ]
    measured: dict[tuple[str, str], list[FanOut]] = {cell: [] for cell in cells}
    for round_ in range(rounds):
        for method, name in cells:
            if round_ and name in ONE_ROUND:
                continue
            print(f"{subscribers} subscribers, {method}, {name}, round {round_ + 1}", flush=True)
            measured[method, name].append(fan_out(SERVERS[name], method, subscribers, MESSAGES))
    results: Results = {}
    for (method, name), runs in measured.items():
        medians = {field: median(getattr(run, field) for run in runs) for field in FanOut._fields}
        results.setdefault(method, {})[name] = medians
    return results


def is_measured(name: str, method: str, subscribers: int) -> bool:
    """Return whether the server supports a combination and can be measured in a short time."""
    if subscribers == MOST:
        return name in {"ours", "nchan"}
    if name == "Flask threads":
        return method != WEBSOCKET
    return subscribers == MANY or name not in {"ours on Redis", "hub example"}


def workers(count: int) -> Results:
    """Return what this chat costs with `count` worker processes."""

    def start(subscribers: int) -> AbstractContextManager[Running]:
        return peers.ours(subscribers, "--workers", str(count))

    print(f"{count} workers", flush=True)
    results: Results = {
        method: fan_out(start, method, MANY, MESSAGES)._asdict()
        for method in (LONG_POLLING, WEBSOCKET)
    }
    with start(0) as server:
        results["posts"] = posts.rate(server.port, 64)
    return results


if __name__ == "__main__":
    main()
