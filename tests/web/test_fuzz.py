"""A short run of tests/fuzz.py."""

import logging
from pathlib import Path

import pytest

from tests import patches
from tests.conftest import serving
from tests.fuzz import fuzz_lines, fuzz_requests


def test_no_request_breaks_the_server(path: Path) -> None:
    with serving(path, patch=patches.short_request_timeouts) as server:
        assert len(fuzz_requests(server, 300)) > 4  # statuses


def test_no_line_breaks_a_reader(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)  # each bad line would be logged
    assert fuzz_lines(5000) > 100
