"""The code of each delivery method, cut from the real files by the names of its functions."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Source:
    """Functions of one file. `steps` maps what a line contains to the step that it runs in.

    The page lights the lines of a step while a lane is in it: `wait` while a request is held,
    `sleep` between two requests, and `deliver` when messages arrive.
    """

    path: str
    functions: tuple[str, ...]
    steps: Mapping[str, str]


@dataclass(frozen=True)
class Excerpt:
    """Lines of one file, each with its step or an empty string."""

    path: str
    lines: tuple[tuple[str, str], ...]


POLL = {"await fetchPage(": "wait", "await sleep(": "sleep", "yield page": "deliver"}
STREAM = {"yield* queue": "wait", "queue.push(JSON.parse(data))": "deliver"}

SOURCES = {
    "polling": (
        Source(
            "web/delivery/polling.py",
            ("serve", "Poll.encode"),
            {"after_nowait(": "wait", "connection.respond(": "deliver"},
        ),
        Source("static/js/delivery/polling.js", ("polling",), POLL),
    ),
    "long-polling": (
        Source("web/delivery/long_polling.py", ("serve",), {"polling.answer(": "wait"}),
        Source(
            "web/delivery/polling.py",
            ("answer", "Poll.encode", "Poll.finish"),
            {"hub.subscribe(": "wait", "return encode_response(": "deliver"},
        ),
        Source("static/js/delivery/long_polling.js", ("longPolling",), POLL),
    ),
    "events": (
        Source(
            "web/delivery/server_sent_events.py",
            ("serve", "EventStream.encode"),
            {"stream.start()": "wait", "return chunk(": "deliver"},
        ),
        Source("static/js/delivery/server_sent_events.js", ("serverSentEvents",), STREAM),
    ),
    "websocket": (
        Source(
            "web/delivery/websocket.py",
            ("serve", "FrameStream.encode"),
            {"stream.start()": "wait", "return Frame(": "deliver"},
        ),
        Source("static/js/delivery/web_socket.js", ("webSocket",), STREAM),
    ),
}


@cache
def read_excerpts() -> dict[str, list[Excerpt]]:
    """Return the excerpts of each method. Raises ValueError if a function is missing."""
    return {name: list(map(_read, sources)) for name, sources in SOURCES.items()}


def _read(source: Source) -> Excerpt:
    text = (ROOT / source.path).read_text("utf-8")
    cut = _cut_python if source.path.endswith(".py") else _cut_script
    lines: list[str] = []
    for name in source.functions:
        lines += [*([""] if lines else []), *cut(text, name)]
    steps = source.steps.items()
    marked = ((line, next((step for part, step in steps if part in line), "")) for line in lines)
    return Excerpt(source.path, tuple(marked))


def _cut_python(text: str, name: str) -> Iterator[str]:
    """Yield the lines of a function or a method, without its docstring. Raises ValueError."""
    node: Any = ast.parse(text)
    for part in name.split("."):
        (node,) = (each for each in node.body if getattr(each, "name", "") == part)
    lines = text.splitlines()
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    docstring = range(0)
    if ast.get_docstring(node):
        docstring = range(node.body[0].lineno, node.body[0].end_lineno + 1)
    for number in range(first, node.end_lineno + 1):
        if number not in docstring:
            yield lines[number - 1].removeprefix(" " * node.col_offset)


def _cut_script(text: str, name: str) -> list[str]:
    """Return the lines of an exported function. Raises ValueError."""
    pattern = rf"^export (?:async )?function\*? {name}\(.*?^}}$"
    match = re.search(pattern, text, re.MULTILINE | re.DOTALL)
    if not match:
        raise ValueError(name)
    return match[0].splitlines()
