"""The settings: where a value comes from, and how a wrong one is reported."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from dialog import FileStore
from setting_values import words
from settings import ROBOT, SERVER, VERSION, Setting, read
from tests.conftest import HERE

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
        for part in (setting.flag, *setting.variables, setting.default, setting.help):
            assert "".join(part.split()) in printed


@pytest.mark.parametrize(
    ("settings", "sources", "value", "allowed"),
    [
        (SERVER, "--port PORT", "x", "a whole number from 0 to 65535"),
        (SERVER, "--port PORT", "65536", "a whole number from 0 to 65535"),
        (SERVER, "--port PORT", "-1", "a whole number from 0 to 65535"),
        (SERVER, "--posts POSTS", "banana", "a number from 0"),
        (SERVER, "--posts POSTS", "nan", "a number from 0"),
        (SERVER, "--posts POSTS", "-1", "a number from 0"),
        (SERVER, "--keep KEEP", "banana", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "1TB", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "1GB -1d", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "1GB 2GB", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "1e400d", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "1e999MB", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "1e300GB", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "1e7d", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "nan", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "nand", "a size in kB, MB or GB"),
        (SERVER, "--keep KEEP", "-1d", "a size in kB, MB or GB"),
        (SERVER, "--host HOST", "\udcff", "an address or a host name"),
        (SERVER, "--host HOST", "\u00f6..b", "an address or a host name"),
        (SERVER, "--workers WEB_CONCURRENCY", "0", "a whole number from 1"),
        (SERVER, "--workers WEB_CONCURRENCY", "1.5", "a whole number from 1"),
        (SERVER, "FORWARDED_ALLOW_IPS", "proxy", "IP addresses and networks"),
        (ROBOT, "--every", "0", "a number of seconds from 0.01 to 86400"),
        (ROBOT, "--every", "nan", "a number of seconds from 0.01 to 86400"),
    ],
)
def test_an_invalid_value_is_reported_with_its_source_and_what_is_allowed(
    settings: Sequence[Setting],
    sources: str,
    value: str,
    allowed: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for source in sources.split():
        is_flag = source.startswith("--")
        arguments, environ = ([f"{source}={value}"], {}) if is_flag else ([], {source: value})
        with pytest.raises(SystemExit) as exited:
            read(settings, "", arguments, environ)
        assert exited.value.code == 2
        reported = capsys.readouterr().err
        assert f"{source}: {value!r} is not valid. Allowed: {allowed}" in reported
        assert f"leave {source} out" in reported


@both_programs
def test_every_setting_with_a_parser_of_its_own_says_what_is_allowed(
    settings: Sequence[Setting],
) -> None:
    free = (str, Path, words)  # these accept every value
    assert [
        setting.name
        for setting in settings
        if setting.parse not in free and not setting.switch and not setting.allowed
    ] == []


@both_programs
def test_version_prints_the_version_of_the_chat(
    settings: Sequence[Setting], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        read(settings, "", ["--version"], {})
    assert exited.value.code == 0
    assert capsys.readouterr().out == f"One File Chat {VERSION}\n"


def test_the_package_has_the_version_that_the_programs_print() -> None:
    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8")).get("project", {})
    assert project.get("version", VERSION) == VERSION


def test_a_password_that_is_not_utf_8_is_reported_without_showing_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as exited:
        read(SERVER, "", [], {"CHAT_PASSWORD": "secret\udcff"})
    assert exited.value.code == 2
    reported = capsys.readouterr().err
    assert "CHAT_PASSWORD: its value is not valid. Allowed: text in UTF-8." in reported
    assert "secret" not in reported


def test_the_longest_age_is_one_that_dates_can_express(path: Path) -> None:
    assert FileStore(path).trim(**read(SERVER, "", ["--keep", "36500d"], {}).keep) == 0


def test_bounds_are_read_as_bytes_and_seconds() -> None:
    assert read(SERVER, "", ["--keep", "20kB", "30d"], {}).keep == {
        "size": 20_000,
        "age": 2_592_000,
    }
    assert read(SERVER, "", [], {}).keep == {}
