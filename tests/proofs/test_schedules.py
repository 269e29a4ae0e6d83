"""A short run of the schedules, and a proof that one seed always gives the same schedule."""

import pytest

from tests.proofs.schedules import Schedule


@pytest.mark.parametrize("first", [1, 1001, 2001])
def test_no_schedule_breaks_the_promise(first: int, caplog: pytest.LogCaptureFixture) -> None:
    wrong = {seed: found for seed in range(first, first + 1000) if (found := Schedule(seed).run())}
    assert not wrong
    assert not caplog.records  # the hub logs what it does not expect


def test_a_seed_replays_its_schedule() -> None:
    def received(seed: int) -> list[list[str]]:
        schedule = Schedule(seed)
        schedule.run()
        return [reader.received for reader in schedule.readers]

    assert [received(seed) for seed in range(50)] == [received(seed) for seed in range(50)]
