"""Random schedules of the asyncio side: the hub and all delivery methods under a seeded loop.

    python -m tests.proofs.schedules --count 100000 --seed 1

In each schedule, readers connect, leave, pause, resume and time out while other programs write,
and the dialog breaks or is replaced. A failure prints its seed; `--count 1` replays it.
"""

import argparse
import logging
import sys
import time
from random import Random
from typing import cast

from dialog import Dialog
from tests.proofs.memory_dialog import MemoryDialog, parse
from tests.proofs.readers import MemoryConnection, Reader
from tests.proofs.seeded_loop import SeededLoop
from web.delivery import METHODS
from web.delivery.base import ConnectionSubscriber
from web.delivery.hub import Hub

MOST_READERS = 5
MOST_ACTIONS = 60


class Schedule:
    """One hub, its readers and its dialog, and everything that happens to them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.loop = SeededLoop(self.random)
        lags = self.random.random() < 0.5
        self.dialog = MemoryDialog(self.random, lags, self.write_meanwhile)
        self.hub = Hub(cast(Dialog, self.dialog))
        self.written = 0
        self.is_calm = False  # nobody writes in the middle of a read any more
        self.readers = [
            Reader(number, self.dialog, self.loop, self.random)
            for number in range(self.random.randint(1, MOST_READERS))
        ]
        for reader in self.readers:
            reader.cursor = self.random.choice([None, "0-0"])

    @property
    def connections(self) -> list[MemoryConnection]:
        """The connections that neither side has ended."""
        found = [reader.connection for reader in self.readers]
        return [each for each in found if each and not each.is_over and not each.is_lost]

    def run(self) -> list[str]:
        """Run the schedule. Returns what was wrong."""
        ConnectionSubscriber.__hash__ = number_of  # type: ignore[method-assign,assignment]
        try:
            with self.loop.running():
                actions = [self.connect, self.leave, self.write, self.write, self.notice]
                actions += [self.step, self.step, self.step, self.loop.settle, self.pass_time]
                actions += [self.stay_busy, self.resume, self.break_or_mend, self.replace_rarely]
                actions += [self.connect]
                for _ in range(self.random.randint(5, MOST_ACTIONS)):
                    self.random.choice(actions)()
                self.is_calm = True
                if self.random.random() < 0.3:
                    self.shut_down()
                else:
                    self.mend()
                    self.probe()
                self.check_end()
        finally:
            del ConnectionSubscriber.__hash__
        found = [violation for reader in self.readers for violation in reader.violations]
        return found + self.loop.errors

    # Actions.

    def connect(self) -> None:
        reader = self.random.choice(self.readers)
        if reader.connection in self.connections:
            return
        method = self.random.choice(METHODS)
        args = {"limit": self.random.choice(["1", "2", "100"])}
        args["timeout"] = self.random.choice(["0", "1", "25"])
        reader.connect(self.hub, method, args)

    def leave(self) -> None:
        if self.connections and self.random.random() < 0.5:
            self.random.choice(self.connections).leave()

    def write(self) -> None:
        for _ in range(self.random.choice([1, 1, 2, 7])):
            is_message = self.random.random() < 0.7
            self.dialog.write(str(self.written) if is_message else None)
            self.written += 1

    def write_meanwhile(self) -> None:
        if not self.is_calm and self.random.random() < 0.1:
            self.write()
            if self.random.random() < 0.5:
                self.notice()

    def notice(self) -> None:
        self.dialog.notice()
        if not self.dialog.is_broken:
            self.loop.call_soon(self.hub.notify)

    def step(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            self.loop.step()

    def pass_time(self) -> None:
        self.loop.pass_time(self.random.choice([0.5, 1, 24, 30]))

    def stay_busy(self) -> None:
        self.loop.stay_busy(self.random.choice([0.1, 1, 25]))

    def resume(self) -> None:
        full = [each for each in self.connections if each.is_full]
        if full:
            self.random.choice(full).resume()

    def break_or_mend(self) -> None:
        if self.dialog.is_broken:
            self.dialog.is_broken = False
            self.notice()
        elif self.random.random() < 0.3:
            self.dialog.is_broken = True
            for connection in self.connections:
                connection.was_broken = True

    def replace_rarely(self) -> None:
        if self.random.random() < 0.1:
            self.dialog.replace()

    # The end.

    def mend(self) -> None:
        """Let everything be read and noticed, without letting time pass."""
        self.dialog.is_broken = False
        self.notice()
        self.settle()

    def settle(self) -> None:
        """Run callbacks until nothing is left to do; full clients read on."""
        self.loop.settle()
        while full := [each for each in self.connections if each.is_full]:
            for connection in full:
                connection.resume()
            self.loop.settle()

    def probe(self) -> None:
        """Check what each reader waits for. Then append one more message, which it must get."""
        for connection in self.connections:
            self.check_wait(connection)
        waiting = self.connections
        self.dialog.write("probe")
        self.notice()
        self.settle()
        for connection in waiting:
            if connection.reader.received[-1:] != ["probe"] and not connection.is_over:
                connection.reader.fail(f"{connection.method.name} misses a new message")
        for connection in self.connections:
            connection.leave()
        self.loop.settle()

    def check_wait(self, connection: MemoryConnection) -> None:
        """Check that a reader waits for no message that is there, and not past its timeout."""
        reader, name = connection.reader, connection.method.name
        if reader.cursor is None:
            return  # only the hub knows its cursor, and its time counts from that moment
        generation, position = parse(reader.cursor)
        if self.dialog.texts(generation, position, self.dialog.end_position[1]):
            reader.fail(f"{name} waits although there is more to read")
        if self.loop.time() > connection.waiting_since + connection.timeout:
            reader.fail(f"{name} waits past its timeout")

    def shut_down(self) -> None:
        """End all connections, as the server does on SIGTERM."""
        for connection in self.connections:
            connection.shut_down()
        self.settle()
        for connection in self.connections:
            if connection.is_shut_down:
                connection.reader.fail(f"{connection.method.name} did not end at the shutdown")
            connection.leave()  # the server cuts off a request that it has not begun to serve
        self.loop.settle()

    def check_end(self) -> None:
        """Check that nothing of a connection is left."""
        if tasks := [task for task in self.loop.tasks if not task.done()]:
            self.loop.errors.append(f"tasks are left: {tasks}")
        for reader in self.readers:
            if reader.connection and reader.connection.places:
                reader.fail("it is still counted")


def number_of(subscriber: ConnectionSubscriber) -> int:
    """Return a hash that does not depend on the memory, so that sets have the same order again."""
    connection = subscriber._connection
    return connection.reader.number if isinstance(connection, MemoryConnection) else 0


def main() -> None:
    """Run the schedules from one seed on. Exits with 1 after the first that fails."""
    parser = argparse.ArgumentParser(description="Run random schedules of the hub.")
    parser.add_argument("--count", type=int, default=100_000, help="how many schedules to run")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first schedule")
    options = parser.parse_args()
    logging.disable()
    started = time.monotonic()
    for seed in range(options.seed, options.seed + options.count):
        if violations := Schedule(seed).run():
            print(f"Seed {seed} failed after {seed - options.seed} schedules without a failure.")
            sys.exit("\n".join(violations))
    seconds = time.monotonic() - started
    print(f"{options.count:,} schedules from seed {options.seed}: 0 violations ({seconds:.0f} s)")


if __name__ == "__main__":
    main()
