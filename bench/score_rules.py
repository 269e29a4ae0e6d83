"""Scores how well the rules recognise the topics of labelled messages.

    python bench/score_rules.py PATH [--held-out] [--show]

Each line of PATH is {"text", "topic" (or null), "kind": "topic" | "neg" | "neg_soft"}. A hash of
the text splits the lines: 80 % to tune the rules on, 20 % held out. Only the tuning part is scored
without --held-out. --show lists the mistakes of the tuning part.
"""

import argparse
import hashlib
import json
import string
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.rules.loading import shipped_rules
from bot.rules.matching import best_topic

CORE_TOPICS = """
greeting goodbye thanks weather time date joke bot_name bot_age are_you_a_bot who_made_you origin
hobbies meaning_of_life help"""
CORE = CORE_TOPICS.split()
Row = dict[str, str | None]


def tuning(row: Row) -> bool:
    """Return whether a line belongs to the part that the rules are tuned on."""
    return hashlib.sha256(str(row["text"]).encode()).digest()[0] < 205


def with_typo(text: str, random: Random) -> str:
    """Return the text with one letter lost, added, changed or swapped with the next."""
    letters = [i for i, c in enumerate(text) if c.isalpha()]
    i, letter = random.choice(letters), random.choice(string.ascii_lowercase)
    kind = random.choice(["lost", "added", "changed", "swapped"])
    if kind == "swapped" and i + 1 < len(text) and text[i + 1].isalpha():
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    if kind == "lost":
        return text[:i] + text[i + 1 :]
    return text[:i] + letter + text[i + (kind != "added") :]


def score(rows: list[Row], title: str, *, typos: bool, show: bool) -> None:
    """Print the shares of right, wrong and missed topics, after the confusions."""
    random = Random(1)
    rules = shipped_rules()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    confusions: Counter[str] = Counter()
    mistakes = []
    for row in rows:
        text = with_typo(str(row["text"]), random) if typos else str(row["text"])
        expected, found = row["topic"], best_topic(rules, text)
        if expected:
            result = "right" if found == expected else "wrong" if found else "missed"
        else:
            result = "wrong" if found else "right"
        label = expected or str(row["kind"])
        counts[label][result] += 1
        if result == "wrong":
            confusions[f"{label} -> {found}"] += 1
        if result != "right":
            mistakes.append(f"  {label} -> {found}: {text}")
    print(f"\n== {title}{', one typo each' if typos else ''}")
    print("confusions:", ", ".join(f"{pair} {n}" for pair, n in confusions.most_common()) or "none")
    for name in [*CORE, *sorted(counts.keys() - set(CORE))]:
        print(f"  {name:16}", _shares(counts[name]))
    print(f"  {'CORE':16}", _shares(sum((counts[name] for name in CORE), Counter())))
    if show:
        print("\n".join(sorted(mistakes)))


def _shares(count: Counter[str]) -> str:
    total = max(1, sum(count.values()))
    kinds = ("right", "wrong", "missed")
    return "  ".join(f"{kind} {100 * count[kind] / total:5.1f} %" for kind in kinds)


def timing(rows: list[Row]) -> None:
    """Print the processor time of a message, and the five highest of hostile messages."""
    costs = sorted(_milliseconds(str(row["text"])) for row in rows)
    print("\n== milliseconds per message")
    print(f"  median {costs[len(costs) // 2]:.3f}  p99 {costs[len(costs) * 99 // 100]:.3f}"
          f"  worst {costs[-1]:.3f}")  # fmt: skip
    known = sorted(shipped_rules().vocabulary.known)
    random = Random(2)
    hostile = {
        "one letter": "a" * 2000,
        "letters": "a " * 1000,
        "question words": "what is the you your are do " * 80,
        "all key words": " ".join(random.sample(known, 400)),
        "short key words": " ".join(sorted(known, key=len)[:700]),
        "almost words": " ".join(word[:-1] + "q" for word in random.sample(known, 400)),
        "brackets": "((((" * 500,
        "digits": "9" * 2000,
        "sum": "9*" * 1000,
        "emoji": "\U0001f600" * 2000,
        "ligatures": "\ufdfa" * 2000,
        "marks": "e\u0301\u0302" * 660,
        "apostrophes": "a'" * 1000,
    }  # fmt: skip
    worst = {name: min(_milliseconds(t[:2000]) for _ in range(3)) for name, t in hostile.items()}
    for name, cost in sorted(worst.items(), key=lambda item: -item[1])[:5]:
        print(f"  hostile, {name}: {cost:.2f}")


def _milliseconds(text: str) -> float:
    start = time.thread_time()  # does not count other processes
    best_topic(shipped_rules(), text)
    return 1000 * (time.thread_time() - start)


def main() -> None:
    """Score one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--held-out", action="store_true", help="also score the held-out part")
    parser.add_argument("--show", action="store_true", help="list the mistakes of the tuning part")
    options = parser.parse_args()
    lines = options.path.read_text("utf-8").splitlines()
    rows: list[Row] = [json.loads(line) for line in lines]
    shipped_rules()  # load them before the time is measured
    parts = {"tuning part": [r for r in rows if tuning(r)]}
    if options.held_out:
        parts["held-out part"] = [r for r in rows if not tuning(r)]
    for title, part in parts.items():
        for typos in (False, True):
            score(part, title, typos=typos, show=options.show and title == "tuning part")
    timing(rows)


if __name__ == "__main__":
    main()
