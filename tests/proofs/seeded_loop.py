"""An asyncio loop with virtual time that runs ready callbacks in an order drawn from a seed.

A function that asyncio would run in a thread runs between two callbacks, and its result arrives
some callbacks later. So one seed gives one schedule, and the same seed gives it again.
"""

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context
from random import Random
from typing import Any, cast

MOST_STEPS = 5000  # callbacks until a loop that never settles is an error


class SeededLoop:
    """Runs nothing by itself: the schedule calls `step`, `settle` and `pass_time`.

    It has only the methods of a loop that the hub and the delivery methods need.
    """

    def __init__(self, random: Random) -> None:
        self.for_asyncio = cast(asyncio.AbstractEventLoop, self)
        self._random = random
        self._now = 0.0
        self._ready: list[asyncio.Handle] = []
        self._timers: list[asyncio.TimerHandle] = []
        self.errors: list[str] = []  # exceptions that no callback caught
        self.tasks: list[asyncio.Task[Any]] = []

    # What the schedule calls.

    @contextmanager
    def running(self) -> Iterator[None]:
        """Be the running loop of this thread. Playwright's may be before, and is again after."""
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self.for_asyncio)
        try:
            yield
        finally:
            asyncio._set_running_loop(before)

    def step(self) -> bool:
        """Run one ready callback. Returns False if there is none."""
        while self._timers and self._timers[0].when() <= self._now:
            self._ready.append(heapq.heappop(self._timers))
        if not self._ready:
            return False
        handle = self._ready.pop(self._random.randrange(len(self._ready)))
        if not handle.cancelled():
            handle._run()
        return True

    def settle(self) -> None:
        """Run callbacks until none is ready, without letting time pass."""
        for _ in range(MOST_STEPS):
            if not self.step():
                return
        self.errors.append("The loop does not settle.")

    def stay_busy(self, seconds: float) -> None:
        """Let time pass while the loop does other work."""
        self._now += seconds

    def pass_time(self, seconds: float) -> None:
        """Let time pass while each timer runs when it is due."""
        end = self._now + seconds
        self.settle()
        while self._timers and self._timers[0].when() <= end:
            self._now = max(self._now, self._timers[0].when())
            self.settle()
        self._now = end

    # What asyncio calls.

    def time(self) -> float:
        return self._now

    def get_debug(self) -> bool:
        return False

    def call_soon(
        self, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self.for_asyncio, context)
        self._ready.append(handle)
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: object,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self.for_asyncio, context)
        heapq.heappush(self._timers, timer)
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Do nothing, because `step` leaves out cancelled timers."""

    def create_future(self) -> asyncio.Future[object]:
        return asyncio.Future(loop=self.for_asyncio)

    def create_task(
        self, coro: Coroutine[object, None, None], context: Context | None = None
    ) -> asyncio.Task[None]:
        task = asyncio.Task(coro, loop=self.for_asyncio, context=context)
        self.tasks.append(task)
        return task

    def run_in_executor(
        self, executor: None, func: Callable[..., object], *args: object
    ) -> asyncio.Future[object]:
        future = self.create_future()

        def finish(set_outcome: Callable[[Any], None], outcome: object) -> None:
            if not future.done():
                set_outcome(outcome)

        def run() -> None:
            try:
                self.call_soon(finish, future.set_result, func(*args))
            except Exception as error:
                self.call_soon(finish, future.set_exception, error)

        self.call_soon(run)
        return future

    def call_exception_handler(self, context: dict[str, object]) -> None:
        self.errors.append(f"{context.get('message')}: {context.get('exception')!r}")
