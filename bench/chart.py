"""The chart in the README: processor time and delay of a delivery, for each server."""

from typing import Any

import matplotlib as mpl
from matplotlib import pyplot

COLOURS = {"ours": "#c2410c", "nchan": "#475569", "Tornado": "#94a3b8", "Flask threads": "#cbd5e1"}
SUBSCRIBERS = 1000


def draw(results: dict[str, Any]) -> None:
    """Write docs/bench.svg."""
    mpl.rcParams |= {"svg.hashsalt": "chat", "font.family": "sans-serif", "font.size": 9}
    methods = results["fan-out"][SUBSCRIBERS]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.4))
    for axes, field, unit, title in (
        (left, "cpu", 1e6, "processor time for a delivery, µs"),
        (right, "p99", 1e3, "delay from append to receipt, 99th percentile, ms"),
    ):
        for index, name in enumerate(COLOURS):
            bars = [
                (group + (index - 1.5) * 0.2, servers[name][field] * unit)
                for group, servers in enumerate(methods.values())
                if name in servers
            ]
            if bars:
                drawn = axes.bar(*zip(*bars, strict=True), 0.19, color=COLOURS[name], label=name)
                axes.bar_label(drawn, fmt="%.3g", fontsize=7)
        axes.set_xticks(range(len(methods)), list(methods))
        axes.set_yscale("log")
        axes.set_title(f"{title} (log scale)", fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
    left.legend(frameon=False, fontsize=8)
    figure.suptitle(
        f"{SUBSCRIBERS:,} subscribers, one message a second (lower is better)", fontsize=10
    )
    figure.tight_layout()
    figure.savefig("docs/bench.svg", metadata={"Date": None, "Creator": None})
