"""Runs asyncio code from tests."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def run(main: Coroutine[None, None, T]) -> T:
    """Run in a thread, because Playwright may have a running loop in this one."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, main).result()
