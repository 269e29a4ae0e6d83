"""A short run of tests.fuzz on the server."""

from pathlib import Path

from tests import patches
from tests.conftest import serving
from tests.fuzz.http_requests import fuzz_requests


def test_no_request_breaks_the_server(path: Path) -> None:
    with serving(path, patch=patches.short_request_timeouts) as server:
        statuses = fuzz_requests(server, 300)
    assert len(statuses) > 4
