"""python -m dialog copy FROM TO: copy a dialog into another store, while both are in use."""

import argparse
import sys

from dialog import DialogError, open_or_exit
from dialog.copying import copy, everything

BAR_WIDTH = 40  # characters
REDRAW_EVERY = 100  # messages


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m dialog", description=__doc__)
    parser.add_argument("command", choices=["copy"])
    parser.add_argument("source", metavar="FROM", help="a path, or redis://...")
    parser.add_argument("target", metavar="TO", help="a path, or redis://...")
    arguments = parser.parse_args()
    source, target = open_or_exit(arguments.source), open_or_exit(arguments.target)
    if source.location == target.location:
        sys.exit("FROM and TO are the same dialog. Choose another target.")
    copied = seen = 0
    try:
        total = sum(1 for _ in everything(source))
        for seen, is_new in enumerate(copy(source, target), 1):
            copied += is_new
            if seen % REDRAW_EVERY == 0:
                draw_bar(seen, total)
    except DialogError as error:
        sys.exit(f"\n{error} {copied:,} messages were copied. Run this again to continue.")
    draw_bar(seen, total)
    print(
        f"\nCopied {copied:,} messages. {seen - copied:,} were skipped, because the target "
        "already has or answers them."
    )


def draw_bar(seen: int, total: int) -> None:
    """Draw the progress bar if the output is a terminal."""
    if sys.stdout.isatty():
        share = min(1.0, seen / max(1, total))
        bar = "#" * int(share * BAR_WIDTH)
        print(f"\r[{bar:<{BAR_WIDTH}}] {seen:,} of {total:,} messages", end="", flush=True)


if __name__ == "__main__":
    main()
