"""python -m dialog copy FROM TO: copy a dialog into another store. Both may be in use meanwhile."""

import argparse
import sys

from dialog import DialogError, open_or_exit
from dialog.copying import copy, everything

WIDTH = 40  # of the bar
SHOWN_EVERY = 100  # messages


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m dialog", description=__doc__)
    parser.add_argument("what", choices=["copy"])
    parser.add_argument("source", metavar="FROM", help="a path, or redis://...")
    parser.add_argument("target", metavar="TO", help="a path, or redis://...")
    wanted = parser.parse_args()
    source, target = open_or_exit(wanted.source), open_or_exit(wanted.target)
    if source.location == target.location:
        sys.exit("FROM and TO are the same dialog.")
    copied = seen = 0
    try:
        total = sum(1 for _ in everything(source))
        for seen, new in enumerate(copy(source, target), 1):  # counted here
            copied += new
            if seen % SHOWN_EVERY == 0:
                show(seen, total)
    except DialogError as error:
        sys.exit(f"\n{error} {copied:,} messages were copied. Run this again to go on.")
    show(seen, total)
    print(f"\nCopied {copied:,} messages; {seen - copied:,} were there, or are answered there.")


def show(seen: int, total: int) -> None:
    """Draw how far it is, where somebody looks."""
    if sys.stdout.isatty():
        share = min(1.0, seen / max(1, total))
        bar = "#" * int(share * WIDTH)
        print(f"\r[{bar:<{WIDTH}}] {seen:,} of {total:,} messages", end="", flush=True)


if __name__ == "__main__":
    main()
