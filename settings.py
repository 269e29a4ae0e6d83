"""Every setting of both programs, defined once: flag, environment variable, default and unit.

`server.py` and `robot.py` read their command line here. `--help` lists all of it, and a test
compares the table in the README with it.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from setting_values import bounds, number, proxies, text_in, words

VERSION = "1.0.0"
ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Setting:
    """One setting. A flag wins over the variable, and the first variable over the others."""

    flag: str  # "" if only the environment sets it, as with a password
    variables: tuple[str, ...]
    default: str
    help: str  # what the setting does, with its unit
    parse: Callable[[str], Any] = str
    allowed: str = ""  # the values that `parse` accepts, for the message about another value
    many: bool = False  # whether the flag takes several words
    switch: bool = False  # whether the flag takes no value
    secret: bool = False  # whether an error must not show the value

    @property
    def name(self) -> str:
        """The attribute that holds the value after `read`."""
        return (self.flag.removeprefix("--") or self.variables[0].lower()).replace("-", "_")


DIALOG = Setting(
    "--dialog",
    ("DIALOG", "REDIS_URL"),
    "dialog.jsonl",
    "the dialog: a path, or redis://HOST:PORT/NUMBER",
)

SERVER = (
    Setting(
        "--host",
        ("HOST",),
        "127.0.0.1",
        "the address to listen on; 0.0.0.0 is every address",
        text_in("idna"),
        "an address or a host name",
    ),
    Setting(
        "--port",
        ("PORT",),
        "5000",
        "the port to listen on",
        number(0, 65_535, int),
        "a whole number from 0 to 65535, such as 5001; 0 takes any free port",
    ),
    DIALOG,
    Setting(
        "--posts",
        ("POSTS",),
        "10",
        "messages per second accepted from one address, after a burst of ten times as many; "
        "0 is no limit",
        number(0, 1e9),
        "a number from 0 to 1000000000, such as 10",
    ),
    Setting(
        "--keep",
        ("KEEP",),
        "",
        'how much of the dialog to keep: a size, an age in days, or both, as in "1GB 30d"; '
        "without it, everything",
        bounds,
        'a size in kB, MB or GB, such as 500MB, an age of up to 36500d, or both: "1GB 30d"',
        many=True,
    ),
    Setting(
        "--workers",
        ("WEB_CONCURRENCY",),
        "1",
        "server processes; each applies the limits of posts and subscribers on its own",
        number(1, 1000, int),
        "a whole number from 1 to 1000, such as 2",
    ),
    Setting("--lab", (), "", "give each viewer of /delivery a dialog and faults", switch=True),
    Setting(
        "",
        ("CHAT_PASSWORD",),
        "",
        "the password that page, API and pictures ask for",
        text_in("utf-8"),
        "text in UTF-8",
        secret=True,
    ),
    Setting(
        "",
        ("TRUSTED_HOSTS",),
        "",
        "host names that the server answers to; .example.org includes its subdomains; "
        "without it, every name, or only loopback names if the server listens on loopback",
        words,
    ),
    Setting(
        "",
        ("FORWARDED_ALLOW_IPS",),
        "",
        "addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted; "
        "* trusts the nearest proxy, whatever its address",
        proxies,
        'IP addresses and networks, such as "10.0.0.1 192.168.0.0/16", or *',
    ),
)

ROBOT = (
    Setting(
        "--every",
        (),
        "1.0",
        "seconds between two remarks",
        number(0.01, 86_400),
        "a number of seconds from 0.01 to 86400, such as 2.5",
    ),
    DIALOG,
    Setting("--rules", (), str(ROOT / "bot" / "topics"), "the folder of the topics", Path),
    Setting(
        "--talk", (), "", "reply to the lines of the terminal instead of a dialog", switch=True
    ),
    Setting("--why", (), "", "with --talk: print what spoke for and against", switch=True),
    Setting(
        "--weak", (), "", "print the examples that need others like them, and end", switch=True
    ),
    Setting(
        "--unanswered",
        (),
        "",
        "print what people wrote and the robot did not know, ready to paste, and end",
        switch=True,
    ),
    Setting(
        "",
        ("WEATHER_PLACE",),
        "",
        'the place whose weather the robot knows: a name, or "59.91,10.75"',
    ),
)


def read(
    settings: Sequence[Setting],
    description: str,
    arguments: Sequence[str],
    environ: Mapping[str, str],
) -> argparse.Namespace:
    """Return each setting by its name. Raises SystemExit with the reason if one is not valid."""
    only_variables = [setting for setting in settings if not setting.flag]
    lines = [f"  {setting.variables[0]}: {setting.help}" for setting in only_variables]
    parser = argparse.ArgumentParser(
        description=description,
        epilog="\n".join(["environment variables without a flag:", *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"One File Chat {VERSION}")
    for setting in settings:
        if setting.flag and setting.switch:
            parser.add_argument(setting.flag, action="store_true", help=setting.help)
        elif setting.flag:
            parser.add_argument(
                setting.flag, nargs="+" if setting.many else None, help=_help(setting)
            )
    values = parser.parse_args(arguments)
    for setting in settings:
        if not setting.switch:
            given = getattr(values, setting.name, None)
            setattr(values, setting.name, _value(setting, given, environ, parser))
    return values


def _value(
    setting: Setting,
    given: str | list[str] | None,
    environ: Mapping[str, str],
    parser: argparse.ArgumentParser,
) -> Any:  # noqa: ANN401  # each setting has a type of its own
    """Return the value of one setting: from its flag, its variables or its default."""
    text, source = setting.default, "the default"
    for variable in reversed(setting.variables):
        if environ.get(variable):
            text, source = environ[variable], variable
    if given is not None:
        text, source = " ".join(given) if isinstance(given, list) else given, setting.flag
    try:
        return setting.parse(text)
    except ValueError:
        shown = "its value" if setting.secret else repr(text)
        default = f"the default, {setting.default}" if setting.default else "the default"
        parser.error(
            f"{source}: {shown} is not valid. Allowed: {setting.allowed}. "
            f"Correct the value, or leave {source} out to use {default}."
        )


def _help(setting: Setting) -> str:
    variables = "".join(f", or {variable}" for variable in setting.variables)
    default = f" (default: {setting.default}{variables})" if setting.default else variables
    return f"{setting.help}{default}".replace("%", "%%")
