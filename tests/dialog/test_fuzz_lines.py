"""A short run of tests.fuzz on the reader of the file."""

import logging

import pytest

from tests.fuzz.dialog_lines import fuzz_lines


def test_no_line_breaks_the_reader(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)  # each invalid line would be logged
    assert fuzz_lines(5000) > 100
