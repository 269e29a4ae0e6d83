"""Fuzzes a server, the reader of the dialog and the captions. The tests run a small part of it.

python -m tests.fuzz [--requests 50000] [--lines 1000000] [--captions 10000]
"""

import argparse
import logging
import tempfile
from pathlib import Path

from tests import patches
from tests.conftest import serving
from tests.fuzz.captions import fuzz_captions
from tests.fuzz.dialog_lines import fuzz_lines
from tests.fuzz.http_requests import fuzz_requests


def main() -> None:
    """Run all three and print the results."""
    parser = argparse.ArgumentParser(description="Send and write what nobody else would.")
    parser.add_argument("--requests", type=int, default=50_000, help="how many requests to send")
    parser.add_argument("--lines", type=int, default=1_000_000, help="how many lines to read")
    parser.add_argument("--captions", type=int, default=10_000, help="how many files to read")
    options = parser.parse_args()
    logging.disable()  # each invalid line would be logged
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "dialog.jsonl", patch=patches.short_request_timeouts) as server,
    ):
        statuses = fuzz_requests(server, options.requests)
    print(f"{statuses.total():,} requests, by status: {dict(sorted(statuses.items()))}", flush=True)
    captions = fuzz_captions(options.captions)
    print(f"{options.captions:,} files of captions, {captions:,} captions valid", flush=True)
    messages = fuzz_lines(options.lines)
    print(f"{options.lines:,} lines, {messages:,} of them messages: none torn, none lost")


if __name__ == "__main__":
    main()
