"""Builds the shim, arms it inside a child and reads the log it wrote."""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).with_name("shim.c")
GCC = ("gcc", "-shared", "-fPIC", "-pthread", "-O2", "-Wall", "-Wextra", "-Werror")
KILL, TEAR_AND_KILL, FAIL, FAIL_ON, SHORT, SHORT_ON = range(1, 7)  # as in shim.c
WRITE, SYNC, CUT, REMOVE, SAID = "WSTUA"
_HEAD = struct.Struct("=IIqq")


class Step(NamedTuple):
    """One logged step; `data` is what was written or said, `offset` where (or the size a file was cut to)."""

    kind: str
    path: str
    offset: int
    data: bytes


def build(folder: Path) -> Path:
    """Compile the shim into a folder; RuntimeError says what is missing."""
    if not sys.platform.startswith("linux"):
        raise RuntimeError("the shim is preloaded as Linux does it")
    if shutil.which(GCC[0]) is None:
        raise RuntimeError("there is no gcc to build the shim with")
    target = folder / "shim.so"
    done = subprocess.run([*GCC, "-o", str(target), str(SOURCE)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the shim cannot be built: {done.stderr[-500:]}")
    return target


class Shim:
    """The shim of this very process, which was started with it."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.torture_stop.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_int)
        self._library.torture_count.restype = self._library.torture_fired.restype = ctypes.c_long

    def watch(self, folder: str, part: str = "", *, reads: bool = False) -> None:
        """Count from zero what happens to files whose path begins with a folder and contains a part."""
        self._library.torture_reads(reads)
        self._library.torture_watch(os.fsencode(folder), part.encode())

    def stop(self, step: int, how: int, error: int = 0) -> None:
        """Interfere with the step that comes after so many others; a negative number: with none."""
        self._library.torture_stop(step, how, error)

    def log(self, path: str) -> None:
        """Log from now on."""
        self._library.torture_log(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))

    @property
    def count(self) -> int:
        """Steps since `watch`."""
        return int(self._library.torture_count())

    @property
    def fired(self) -> int:
        """Steps that were made to fail since `watch`."""
        return int(self._library.torture_fired())


def read_log(path: Path) -> Iterator[Step]:
    """Yield the steps of a log."""
    raw, at = path.read_bytes(), 0
    while at < len(raw):
        kind, name, offset, size = _HEAD.unpack_from(raw, at)
        start = at + _HEAD.size
        at = start + name + (size if chr(kind) in {WRITE, SAID} else 0)
        yield Step(chr(kind), os.fsdecode(raw[start : start + name]), offset, raw[start + name : at])
