"""What a robot does with the messages that are there when it starts."""

import pytest

from dialog import Dialog, FileStore, timestamp
from dialog.copying import everything
from dialog.extra import CHECKPOINT
from tests.conftest import running
from tests.messages import answered, asked, by_hand, fill, follow, many, own, replies, size_of
from tests.waiting import until

pytestmark = pytest.mark.both

HOUR = 3600.0  # seconds


def checkpoints(dialog: Dialog) -> list[str]:
    """Return the checkpoints in the order of their remarks."""
    return [m.extra[CHECKPOINT] for m in everything(dialog) if CHECKPOINT in m.extra]


def writers(dialog: Dialog, *names: str) -> dict[str, list[str]]:
    """Return the ids of the messages of each author."""
    messages = list(everything(dialog))
    return {name: [m.id for m in messages if m.author == name] for name in names}


def test_it_answers_none_of_300_old_messages(dialog: Dialog, address: str) -> None:
    old = timestamp(HOUR + 60)
    by_hand(dialog, *({"time": old, "text": f"hello {number}"} for number in range(300)))
    (message,) = fill(dialog, "hello")
    with running("robot.py", "--dialog", address, "--every", "0.05"):
        replies(dialog, 1)
        until(lambda: len(checkpoints(dialog)) > 0)
    assert answered(dialog) == [message.id]


def test_a_line_without_a_time_is_new(dialog: Dialog, address: str) -> None:
    by_hand(dialog, *({"time": timestamp(2 * HOUR), "text": "hello"} for _ in range(50)))
    by_hand(dialog, {"text": "hello"}, {"text": "hello again", "time": timestamp(HOUR - 60)})
    with running("robot.py", "--dialog", address, "--every", "0.05"):
        replies(dialog, 2)
        own(dialog, 2)
    assert answered(dialog) == asked(dialog)[-2:]


def test_a_flood_does_not_delay_the_reply_to_another_person(dialog: Dialog, address: str) -> None:
    by_hand(dialog, *({"author": "Max", "text": f"{number} + 1"} for number in range(200)))
    by_hand(dialog, {"author": "Ann", "text": "hello"}, {"author": "Ann", "text": "bye"})
    with running("robot.py", "--dialog", address):
        replies(dialog, 202)
    ids = writers(dialog, "Max", "Ann")
    of_max, of_ann = ids["Max"], ids["Ann"]
    assert answered(dialog) == [of_max[0], of_ann[0], of_max[1], of_ann[1], *of_max[2:]]


def test_a_robot_killed_between_turns_replies_once(dialog: Dialog, address: str) -> None:
    for author, number in (("Max", 60), ("Ann", 2), ("Bob", 3)):
        by_hand(dialog, *({"author": author, "text": f"hello {n}"} for n in range(number)))
    for given in 3, 20:
        with running("robot.py", "--dialog", address, "--every", "0.05") as (process, _):
            replies(dialog, given)
            process.kill()
            process.wait()
    with running("robot.py", "--dialog", address, "--every", "0.05"):
        replies(dialog, 65)
        remarks = len([m for m in everything(dialog) if m.role == "robot"]) - 65
        own(dialog, remarks + 2)
    assert sorted(map(str, answered(dialog))) == sorted(asked(dialog))
    for ids in writers(dialog, "Max", "Ann", "Bob").values():
        assert [id_ for id_ in answered(dialog) if id_ in ids] == ids


def test_remarks_carry_a_checkpoint_that_clients_do_not_see(dialog: Dialog, address: str) -> None:
    (message,) = fill(dialog, "hello")
    with running("robot.py", "--dialog", address, "--every", "0.05"):
        remark = next(m for m in follow(dialog, dialog.start()) if CHECKPOINT in m.extra)
        assert not remark.reply_to
        assert set(remark.public()) == {"id", "time", "role", "author", "text"}
        own(dialog, 5)
    messages = list(everything(dialog))
    position = [m.id for m in messages].index(remark.extra[CHECKPOINT])
    assert message in messages[: position + 1]
    assert len(checkpoints(dialog)) == 1  # not on every remark
    assert answered(dialog) == [message.id]


def test_a_reply_after_the_checkpoint_counts(dialog: Dialog, address: str) -> None:
    ann, bob = fill(dialog, "hello", "hello")
    dialog.append("Hm.", role="robot", extra={CHECKPOINT: ann.id})
    dialog.append("Hi!", role="robot", reply_to=bob.id)
    (new,) = fill(dialog, "new")
    with running("robot.py", "--dialog", address, "--every", "0.05"):
        replies(dialog, 2)
        own(dialog, 3)
    assert answered(dialog) == [bob.id, new.id]


@pytest.mark.parametrize("cursor", ["", "nonsense", "12-0123456789abcdef", "99999999-0"])
def test_a_checkpoint_that_does_not_fit_is_ignored(
    dialog: Dialog, address: str, cursor: str
) -> None:
    first, second = fill(dialog, "hello", "hello")
    dialog.append("Hi!", role="robot", reply_to=second.id)
    dialog.append("Hm.", role="robot", extra={CHECKPOINT: cursor})
    with running("robot.py", "--dialog", address):
        replies(dialog, 2)
    assert answered(dialog) == [second.id, first.id]


@pytest.mark.file
def test_lines_moved_by_an_editor_do_not_hide_a_waiting_message(
    dialog: FileStore, address: str
) -> None:
    fill(dialog, "to be deleted")
    with running("robot.py", "--dialog", address, "--every", "0.05"):
        replies(dialog, 1)
        until(lambda: len(checkpoints(dialog)) > 0)
    fill(dialog, "waits")
    rest = dialog.path.read_text().splitlines(keepends=True)[1:]
    dialog.path.write_text("".join(rest))
    with running("robot.py", "--dialog", address, "--every", "0.05"):
        replies(dialog, 2)
    assert answered(dialog)[1:] == asked(dialog)


def test_messages_trimmed_while_others_wait_do_not_cost_a_reply(
    dialog: Dialog, address: str
) -> None:
    first = many(dialog, *(f"hello {number}" for number in range(300)))
    for message in first[:3]:
        dialog.append("Hi!", role="robot", reply_to=message.id)
    assert dialog.trim(size=size_of(dialog) / 2)
    left = asked(dialog)
    assert first[3].id not in left
    with running("robot.py", "--dialog", address):
        replies(dialog, len(left) + 3)
    assert [id_ for id_ in answered(dialog) if id_ in left] == left
