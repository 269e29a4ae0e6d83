"""A short run of tests.fuzz on captions.toml."""

import logging

import pytest

from tests.fuzz.captions import fuzz_captions


def test_no_captions_break_the_gallery(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)  # each invalid file would be logged
    assert fuzz_captions(1000) > 100
