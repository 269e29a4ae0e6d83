"""A small part of tests.fuzz.py."""

import logging
from pathlib import Path

import pytest

from tests.conftest import serving
from tests.fuzz import HASTE, fuzz_lines, fuzz_requests


def test_no_request_does_harm(path: Path) -> None:
    with serving(path, patch=HASTE) as server:
        assert len(fuzz_requests(server, 300)) > 4  # statuses


def test_no_line_does_harm(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)  # each bad line would be logged
    assert fuzz_lines(5000) > 100
