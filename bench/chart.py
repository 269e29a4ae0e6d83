"""The charts in the README: processor time and delay of a delivery, in light and in dark."""

from typing import Any

from matplotlib import pyplot

SERVERS = ["ours", "nchan", "Tornado", "Flask threads"]
LIGHT = ["#c2410c", "#475569", "#94a3b8", "#cbd5e1"]
DARK = ["#fb923c", "#cbd5e1", "#94a3b8", "#64748b"]
SUBSCRIBERS = 1000


def draw(results: dict[str, Any]) -> None:
    """Write docs/bench.svg and docs/bench-dark.svg."""
    font: dict[str, Any] = {"svg.hashsalt": "chat", "font.family": "sans-serif", "font.size": 9}
    for name, style, colours in (
        ("bench", "default", LIGHT),
        ("bench-dark", "dark_background", DARK),
    ):
        with pyplot.style.context(["default", style, font]):
            draw_one(results, f"docs/{name}.svg", dict(zip(SERVERS, colours, strict=True)))


def draw_one(results: dict[str, Any], path: str, colours: dict[str, str]) -> None:
    """Write one chart."""
    methods = results["fan-out"][SUBSCRIBERS]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.4))
    for axes, field, unit, title in (
        (left, "cpu", 1e6, "processor time for a delivery, µs"),
        (right, "p99", 1e3, "delay from append to receipt, 99th percentile, ms"),
    ):
        for index, (name, colour) in enumerate(colours.items()):
            bars = [
                (group + (index - 1.5) * 0.2, servers[name][field] * unit)
                for group, servers in enumerate(methods.values())
                if name in servers
            ]
            if bars:
                drawn = axes.bar(*zip(*bars, strict=True), 0.19, color=colour, label=name)
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
    figure.savefig(path, metadata={"Date": None, "Creator": None}, transparent=True)
