"""Scores how well the robot recognises the topics of labelled messages.

    python bench/score_rules.py PATH            # as the robot is
    python bench/score_rules.py PATH --apart    # without the lines that are messages of PATH
    python bench/score_rules.py --cross         # the topic files by five-fold cross-validation

Each line of PATH is {"text", "topic" (or null), "kind": "topic" | "neg" | "neg_soft"}. A soft
negative may have a topic, but none of those in the file.
"""

import json
import random
import string
import sys
import time
from collections import Counter
from collections.abc import Collection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.recognition.loading import SHIPPED, learnt_topics, shipped_topics
from bot.recognition.model import Topics
from bot.recognition.reading import Reader, texts_in
from bot.recognition.recognize import main_topic
from bot.recognition.validation import cross_validation
from bot.text.spelling import normalize
from bot.text.vocabulary import base_vocabulary

Row = dict[str, str | None]


def with_slip(text: str, chance: random.Random) -> str:
    """Return the text with one letter lost, added, changed or swapped with the next."""
    letters = [i for i, c in enumerate(text) if c.isalpha()]
    if not letters:
        return text
    i, letter = chance.choice(letters), chance.choice(string.ascii_lowercase)
    kind = chance.choice(["lost", "added", "changed", "swapped"])
    if kind == "swapped" and text[i + 1 : i + 2].isalpha():
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    return text[:i] + ("" if kind == "lost" else letter) + text[i + (kind != "added") :]


def score(topics: Topics, rows: list[Row], *, slips: bool) -> Counter[str]:
    """Return how many messages were right, wrong, missed, and falsely answered."""
    chance = random.Random(1)
    known = {row["topic"] for row in rows} - {None}
    counts: Counter[str] = Counter()
    for row in rows:
        text = with_slip(str(row["text"]), chance) if slips else str(row["text"])
        found, expected = main_topic(topics, text), row["topic"]
        if expected:
            counts["right" if found == expected else "wrong" if found else "missed"] += 1
        else:
            is_false = found in known if row["kind"] == "neg_soft" else found is not None
            counts["false" if is_false else "left alone"] += 1
    return counts


def cross_score() -> Counter[str]:
    """Return the same for the lines of the topic files, each judged by what the others teach."""
    counts: Counter[str] = Counter()
    for _, expected, found, is_right in cross_validation(SHIPPED):
        if expected:
            counts["right" if is_right else "wrong" if found else "missed"] += 1
        else:
            counts["left alone" if is_right else "false"] += 1
    return counts


def topics_without(texts: Collection[str]) -> Topics:
    """Return the topics learnt without the lines that equal one of these normalized texts."""
    reader = Reader(base_vocabulary())
    reader.read_all(texts_in(SHIPPED))
    for topic in reader.topics.values():
        topic.examples = [x for x in topic.examples if normalize(x.text) not in texts]
        topic.counterexamples = [x for x in topic.counterexamples if normalize(x.text) not in texts]
    reader.others[:] = [line for line in reader.others if normalize(line.text) not in texts]
    return learnt_topics(reader)


def print_shares(title: str, counts: Counter[str]) -> None:
    """Print the counts in percent."""
    with_topic = sum(counts[kind] for kind in ("right", "wrong", "missed")) or 1
    without = (counts["false"] + counts["left alone"]) or 1
    shares = [f"{k} {100 * counts[k] / with_topic:.1f}" for k in ("right", "wrong", "missed")]
    print(title, *shares, f"false {100 * counts['false'] / without:.2f}")


def main() -> None:
    """Print the shares in percent, without and with one typing slip, and the time of a message."""
    if "--cross" in sys.argv:
        print_shares("cross-validation:", cross_score())
        return
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    rows: list[Row] = [json.loads(line) for line in lines]
    topics = shipped_topics()
    if "--apart" in sys.argv:
        topics = topics_without({normalize(str(row["text"])) for row in rows})
    print_shares("as written:", score(topics, rows, slips=False))
    print_shares("one slip each:", score(topics, rows, slips=True))
    times = []
    for row in rows:
        started = time.thread_time()
        main_topic(topics, str(row["text"]))
        times.append(1e3 * (time.thread_time() - started))
    times.sort()
    median, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"ms a message: median {median:.2f}, p99 {p99:.2f}")


if __name__ == "__main__":
    main()
