"""Runs a workload under strace, and turns what strace recorded into operations on a disk."""

import ast
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import HERE

CALLS = (
    "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,link,linkat,unlink,"
    "unlinkat,copy_file_range,sendfile,lseek,close,sendto,writev,clone,clone3"
)
# Every seventh flush of a thread fails, from its fifth on.
FAILING_FLUSHES = "--inject=fsync:error=EIO:when=5+7"
LINE = re.compile(r"(\d+) +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)")
STRING = re.compile(r'"(?:\\x[0-9a-f]{2})*"')
UNFINISHED = " <unfinished ...>"
NEW_THREAD = re.compile(r"^(\d+) +(?:<\.\.\. )?clone3?\b.*= (\d+)", re.MULTILINE)
ACKNOWLEDGED = re.compile(rb'(?:^|\r\n\r\n)(\{"id":.*\})$')  # the body of a 201 of the server


@dataclass(frozen=True)
class Operation:
    """One thing that happened: to a file, to a name, or an event that the workload reported."""

    kind: str  # write, truncate, flush, failed flush, create, rename, link, unlink, event
    name: str = ""  # of the file, within the folder; empty is the folder itself
    file: int = 0  # the number of the file, whatever its name
    data: bytes = b""
    offset: int = 0  # of a write; the size of a truncation; where a flush began in the trace
    new_name: str = ""
    event: Any = None


def record(folder: Path, seed: int, fault: str = "", workload: str = "stores") -> list[Operation]:
    """Run a workload, `stores` or `programs`, in an empty folder. Returns what it did, in order."""
    log = folder.with_suffix(".trace")
    program = ["-m", f"tests.proofs.powercut.{workload}", str(folder), str(seed)]
    command = ["strace", "-f", "-qq", "-xx", "-s", "1000000", "-e", f"trace={CALLS}"]
    command += ["-e", "signal=none", FAILING_FLUSHES, "-o", str(log), sys.executable, *program]
    command += [fault] if fault else []
    subprocess.run(command, cwd=HERE, stdout=subprocess.DEVNULL, check=True)
    operations = Trace(folder).read(log.read_text())
    if not {"event", "write", "create", "flush"} <= {each.kind for each in operations}:
        raise ValueError("The trace is not complete, so it proves nothing.")
    return operations


class Trace:
    """Follows which file each descriptor of each process, and each name, stands for.

    Python closes the descriptors of files in child processes, so a process begins without any.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._operations: list[Operation] = []
        self._processes: dict[str, str] = {}  # by thread, named by their first threads
        self._first_process = ""  # reports events on its standard output
        self._open_files: dict[str, dict[int, tuple[str, int, bool]]] = {}
        self._descriptors: dict[int, tuple[str, int, bool]] = {}  # name, file, whether it appends
        self._names: dict[str, int] = {}
        self._positions: dict[tuple[str, int], int] = {}  # of descriptors that do not append
        self._process = ""
        self._sizes: dict[int, int] = {}

    def read(self, log: str) -> list[Operation]:
        """Return the operations in what strace wrote. Each stands where its call returned."""
        begun: dict[str, tuple[str, int]] = {}  # by thread
        self._first_process = log.partition(" ")[0]
        self._find_processes(log)
        for line in log.splitlines():
            if not (match := LINE.match(line)):
                continue
            thread, call, rest = match.groups()
            self._process = self._processes.get(thread, thread)
            self._descriptors = self._open_files.setdefault(self._process, {})
            start = len(self._operations)
            if call in {"sendto", "write", "writev"} and "resumed>" not in line:
                self._note_response(rest)  # the client may have it before the call returns
            if rest.endswith(UNFINISHED):
                begun[thread] = rest.removesuffix(UNFINISHED), start
                continue
            if "resumed>" in line:
                arguments, start = begun.pop(thread)
                rest = arguments + rest
            arguments, _, result = rest.rpartition(" = ")
            self._apply(call, arguments.rstrip().removesuffix(")"), result, start)
        return self._operations

    def _find_processes(self, log: str) -> None:
        """Find the process of each thread. A thread can be at work before its clone returns."""
        begun: dict[str, str] = {}
        for line in log.splitlines():
            thread, _, call = line.partition(" ")
            if call.lstrip().startswith(("clone(", "clone3(")):
                begun[thread] = call
            if match := NEW_THREAD.match(line):
                parent, child = match.groups()
                if "CLONE_THREAD" in begun.get(parent, ""):
                    self._processes[child] = self._processes.get(parent, parent)

    def _note_response(self, arguments: str) -> None:
        """Add an event if the server acknowledges a message here."""
        sent = b"".join(ast.literal_eval(f"b{found}") for found in STRING.findall(arguments))
        if match := ACKNOWLEDGED.search(sent):
            message = json.loads(match[1])
            event = {"acknowledged": message["text"], "id": message["id"]}
            self._operations.append(Operation("event", event=event))

    def _apply(self, call: str, arguments: str, result: str, start: int) -> None:
        strings = [ast.literal_eval(f"b{found}") for found in STRING.findall(arguments)]
        descriptor = int(arguments.partition(",")[0]) if arguments[:1].isdigit() else -1
        word = result.partition(" ")[0]
        returned = -1 if word == "?" else int(word)  # "?": the process was killed in this call
        if call in {"fsync", "fdatasync"} and descriptor in self._descriptors:
            name, file, _ = self._descriptors[descriptor]
            kind = "flush" if returned == 0 else "failed flush"
            self._operations.append(Operation(kind, name, file, offset=start))
        elif returned < 0 or call in {"sendto", "writev", "clone", "clone3"}:
            return
        elif call == "write" and descriptor == 1 and self._process == self._first_process:
            for line in strings[0].splitlines():
                self._operations.append(Operation("event", event=json.loads(line)))
        elif call == "openat":
            self._open(strings[0].decode(), arguments, returned)
        elif call == "close":
            self._descriptors.pop(descriptor, None)
        elif descriptor in self._descriptors:
            self._change(call, descriptor, arguments, strings, returned)
        elif strings and self._name(os.fsdecode(strings[-1])) is not None:
            self._rename(call, [self._name(each.decode()) or "" for each in strings])

    def _name(self, path: str) -> str | None:
        if path == self._folder:
            return ""
        inside = path.removeprefix(f"{self._folder}/")
        return inside if inside != path else None

    def _open(self, path: str, arguments: str, descriptor: int) -> None:
        self._descriptors.pop(descriptor, None)
        name = self._name(path)
        if name is None:
            return
        if name and name not in self._names:
            self._names[name] = len(self._sizes) + 1
            self._sizes[self._names[name]] = 0
            self._operations.append(Operation("create", name, self._names[name]))
        file = self._names.get(name, 0)
        self._descriptors[descriptor] = name, file, "O_APPEND" in arguments
        self._positions[self._process, descriptor] = 0
        if "O_TRUNC" in arguments:
            self._resize(name, file, 0)

    def _resize(self, name: str, file: int, size: int) -> None:
        self._sizes[file] = size
        self._operations.append(Operation("truncate", name, file, offset=size))

    def _change(
        self, call: str, descriptor: int, arguments: str, strings: list[bytes], returned: int
    ) -> None:
        name, file, appends = self._descriptors[descriptor]
        if call == "ftruncate":
            self._resize(name, file, int(arguments.partition(",")[2]))
        elif call == "lseek":
            self._positions[self._process, descriptor] = returned
        elif call == "write":
            offset = self._sizes[file] if appends else self._positions[self._process, descriptor]
            data = strings[0][:returned]
            self._positions[self._process, descriptor] = offset + len(data)
            self._sizes[file] = max(self._sizes[file], offset + len(data))
            self._operations.append(Operation("write", name, file, data, offset))
        else:
            raise NotImplementedError(call)

    def _rename(self, call: str, names: list[str]) -> None:
        kind = call.removesuffix("2").removesuffix("at")
        file = self._names[names[0]]
        if kind != "link":
            del self._names[names[0]]
        if kind != "unlink":
            self._names[names[1]] = file
        new_name = names[1] if kind != "unlink" else ""
        self._operations.append(Operation(kind, names[0], file, new_name=new_name))
