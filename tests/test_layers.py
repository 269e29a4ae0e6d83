"""The layers of the project: which of our modules may import which, and their names."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import HERE

# Our packages and modules, and the others of ours that each may import.
LAYERS = {
    "server": {"web", "gallery", "dialog", "settings", "logs"},
    "robot": {"bot", "gallery", "dialog", "settings", "logs"},
    "web": {"gallery", "dialog"},
    "bot": {"gallery", "dialog"},
    "gallery": set(),
    "dialog": set(),
    "settings": {"setting_values"},
    "setting_values": set(),
    "logs": set(),
    "dev": set(),
    "examples": {"web", "dialog"},
    "tests": {
        "server",
        "robot",
        "web",
        "bot",
        "gallery",
        "dialog",
        "settings",
        "setting_values",
        "logs",
        "dev",
    },
}
LAYERS["bench"] = LAYERS["tests"] | {"tests", "examples"}

# Packages that only one part of the project should know, and the files that may import them.
FLASK_FILES = (
    "gallery/views.py",
    "web/api_views.py",
    "web/app.py",
    "web/assets.py",
    "web/content_encoding.py",
    "web/error_views.py",
    "web/lab/page_views.py",
    "web/lab/views.py",
    "web/login_views.py",
    "web/page_views.py",
)
CONFINED = {
    "uvicorn": ("server.py", "web/uvicorn_protocols.py"),
    "flask": FLASK_FILES,
    "filelock": ("dialog/file/",),
    "watchdog": ("dialog/file/",),
    "redis": ("dialog/redis/",),
}
NOT_PRODUCT = {"tests", "bench", "examples", "dev"}

# sys.stdlib_module_names knows the Python that runs the tests, and ruff's A005 the oldest that we
# support. These modules came later: a module of ours with such a name breaks newer Pythons.
NEW_IN_STDLIB = {"annotationlib", "compression", "profiling"}

FILES = sorted(
    path.relative_to(HERE)
    for top in HERE.iterdir()
    if top.name.removesuffix(".py") in LAYERS
    for path in ([top] if top.is_file() else top.rglob("*.py"))
)


def layer_of(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """Yield the top-level name of each import in a file, inside functions too."""
    for node in ast.walk(ast.parse((HERE / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield layer_of(path) if node.level else str(node.module).partition(".")[0]


def test_imports_run_one_way() -> None:
    wrong = [
        f"{path} imports {name}"
        for path in FILES
        for name in imports_of(path)
        if name in LAYERS.keys() - LAYERS[layer_of(path)] - {layer_of(path)}
    ]
    assert not wrong


def test_a_confined_package_is_imported_only_where_it_belongs() -> None:
    wrong = [
        f"{path} imports {name}"
        for path in FILES
        if layer_of(path) not in NOT_PRODUCT
        for name in imports_of(path)
        if name in CONFINED and not path.as_posix().startswith(CONFINED[name])
    ]
    assert not wrong


def test_no_module_has_the_name_of_a_standard_library_module() -> None:
    names = {name for path in FILES for name in path.with_suffix("").parts}
    shadowing = names & (sys.stdlib_module_names | NEW_IN_STDLIB)
    assert not shadowing
