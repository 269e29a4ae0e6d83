"""The settings: where a value comes from, and how a wrong one is reported."""

from collections.abc import Sequence

import pytest

from settings import ROBOT, SERVER, Setting, read

both_programs = pytest.mark.parametrize("settings", [SERVER, ROBOT], ids=["server", "robot"])


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_default() -> None:
    environ = {"PORT": "80", "HOST": ""}
    assert read(SERVER, "", [], {}).port == 5000
    assert read(SERVER, "", [], environ).port == 80
    assert read(SERVER, "", ["--port", "81"], environ).port == 81
    assert read(SERVER, "", [], environ).host == "127.0.0.1"  # an empty variable is not set


@both_programs
def test_the_first_variable_wins_over_the_others(settings: Sequence[Setting]) -> None:
    environ = {"REDIS_URL": "redis://h"}
    assert read(settings, "", [], environ).dialog == "redis://h"
    assert read(settings, "", [], environ | {"DIALOG": "here.jsonl"}).dialog == "here.jsonl"


@both_programs
def test_help_lists_every_flag_variable_and_default(
    settings: Sequence[Setting], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        read(settings, "What it does.", ["--help"], {})
    assert exited.value.code == 0
    printed = "".join(capsys.readouterr().out.split())  # argparse breaks lines anywhere
    for setting in settings:
        for words in (setting.flag, *setting.variables, setting.default, setting.help):
            assert "".join(words.split()) in printed


@pytest.mark.parametrize(
    ("settings", "arguments", "environ", "source"),
    [
        (SERVER, ["--port", "x"], {}, "--port"),
        (SERVER, [], {"PORT": "x"}, "PORT"),
        (SERVER, ["--keep", "1TB"], {}, "--keep"),
        (SERVER, [], {"KEEP": "1GB -1d"}, "KEEP"),
        (ROBOT, ["--every", "0"], {}, "--every"),
        (ROBOT, ["--every", "nan"], {}, "--every"),
    ],
)
def test_an_invalid_value_is_reported_with_its_source(
    settings: Sequence[Setting],
    arguments: list[str],
    environ: dict[str, str],
    source: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as exited:
        read(settings, "", arguments, environ)
    assert exited.value.code == 2
    assert source in capsys.readouterr().err


def test_bounds_are_read_as_bytes_and_seconds() -> None:
    assert read(SERVER, "", ["--keep", "20kB", "30d"], {}).keep == {
        "size": 20_000,
        "age": 2_592_000,
    }
    assert read(SERVER, "", [], {}).keep == {}
