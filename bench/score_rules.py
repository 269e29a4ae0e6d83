"""How well the rules understand what people write: scores a file of labelled utterances.

    python bench/score_rules.py PATH [--held-out] [--show]

Each line of PATH is {"text", "topic" (or null), "kind": "topic" | "neg" | "neg_soft"}. The lines
are split by a hash of their text: 80 % to tune the rules on, 20 % held out. Without --held-out
only the tuning part is looked at; --show lists what went wrong, and works on that part alone.
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

from bot import rules

CORE_TOPICS = """
greeting goodbye thanks weather time date joke bot_name bot_age are_you_a_bot who_made_you origin
hobbies meaning_of_life help"""
CORE = CORE_TOPICS.split()
Row = dict[str, str | None]


def tuning(row: Row) -> bool:
    """Whether a line belongs to the part that rules may be tuned on."""
    return hashlib.sha256(str(row["text"]).encode()).digest()[0] < 205


def with_typo(text: str, random: Random) -> str:
    """The text with one letter of one word lost, doubled, changed or swapped with the next."""
    spots = [i for i, c in enumerate(text) if c.isalpha()]
    i, letter = random.choice(spots), random.choice(string.ascii_lowercase)
    kind = random.choice(["lost", "added", "changed", "swapped"])
    if kind == "swapped" and i + 1 < len(text) and text[i + 1].isalpha():
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    if kind == "lost":
        return text[:i] + text[i + 1 :]
    return text[:i] + letter + text[i + (kind != "added") :]


def score(rows: list[Row], title: str, *, typos: bool, show: bool) -> None:
    """Prints the figures for some lines, confusions first."""
    random = Random(1)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: Counter[str] = Counter()
    lines = []
    for row in rows:
        text = with_typo(str(row["text"]), random) if typos else str(row["text"])
        want, got = row["topic"], rules.topic(text)
        if want:
            result = "right" if got == want else "wrong" if got else "missed"
            counts[want][result] += 1
            confused = result == "wrong"
        else:
            counts[str(row["kind"])]["right" if got is None else "wrong"] += 1
            confused = got is not None
        if confused:
            wrong[f"{want or row['kind']} -> {got}"] += 1
        if got != want:
            lines.append(f"  {want or row['kind']} -> {got}: {text}")
    print(f"\n== {title}{', one typo each' if typos else ''}")
    print("confusions:", ", ".join(f"{pair} {n}" for pair, n in wrong.most_common()) or "none")
    for name in [*CORE, *sorted(counts.keys() - set(CORE))]:
        print(f"  {name:16}", _shares(counts[name]))
    print(f"  {'CORE':16}", _shares(sum((counts[name] for name in CORE), Counter())))
    if show:
        print("\n".join(sorted(lines)))


def _shares(count: Counter[str]) -> str:
    total = max(1, sum(count.values()))
    kinds = ("right", "wrong", "missed")
    return "  ".join(f"{kind} {100 * count[kind] / total:5.1f} %" for kind in kinds)


def timing(rows: list[Row]) -> None:
    """Prints what one message costs the processor, and what the worst of some hostile ones does."""
    spent = sorted(_ms(str(row["text"])) for row in rows)
    print("\n== milliseconds a message")
    print(f"  median {spent[len(spent) // 2]:.3f}  p99 {spent[len(spent) * 99 // 100]:.3f}"
          f"  worst {spent[-1]:.3f}")  # fmt: skip
    known = sorted(rules._shipped().book.known)
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
    costs = {name: min(_ms(text[:2000]) for _ in range(3)) for name, text in hostile.items()}
    for name, cost in sorted(costs.items(), key=lambda item: -item[1])[:5]:
        print(f"  hostile, {name}: {cost:.2f}")


def _ms(text: str) -> float:
    start = time.thread_time()  # what others do on this machine does not count
    rules.topic(text)
    return 1000 * (time.thread_time() - start)


def main() -> None:
    """Scores one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--held-out", action="store_true", help="score the held-out part, too")
    parser.add_argument("--show", action="store_true", help="list the mistakes of the tuning part")
    options = parser.parse_args()
    lines = options.path.read_text("utf-8").splitlines()
    rows: list[Row] = [json.loads(line) for line in lines]
    rules.topic("")  # read the rules before the clock runs
    parts = {"tuning part": [r for r in rows if tuning(r)]}
    if options.held_out:
        parts["held-out part"] = [r for r in rows if not tuning(r)]
    for title, part in parts.items():
        for typos in (False, True):
            score(part, title, typos=typos, show=options.show and title == "tuning part")
    timing(rows)


if __name__ == "__main__":
    main()
