"""Calls a function of a test in a new process and then runs one of our programs there.

    python -m tests.patched MODULE:FUNCTION [ARGUMENT...] [-- PROGRAM [OPTION...]]

This is how a test shortens a timeout of the server or breaks a system call. Without a program, the
process runs only the function.
"""

import importlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

Patch = Callable[..., None]


def command(patch: Patch, *program: str) -> list[str]:
    """Return the arguments of Python that call `patch` and then run `program`.

    The patch is a function at the top level of a module, or a partial of one with strings.
    """
    function = patch.func if isinstance(patch, partial) else patch
    arguments = patch.args if isinstance(patch, partial) else ()
    name = f"{function.__module__}:{function.__qualname__}"
    return ["-m", "tests.patched", name, *arguments, *(["--", *program] if program else [])]


def main() -> None:
    """Call the function, then the `main` of the program."""
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    (name, *arguments), program = words[:end], words[end + 1 :]
    module, _, function = name.partition(":")
    getattr(importlib.import_module(module), function)(*arguments)
    if program:
        sys.argv = program
        importlib.import_module(Path(program[0]).stem).main()


if __name__ == "__main__":
    main()
