"""The console as tests use it: the installed command, a till in this process, a copy of the demo store."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from genesis.console.till import Till
from genesis.plugin.app import App

GENESIS = Path(sys.executable).parent / "genesis"
COFFEE, ESPRESSO, CARD = "9520000010010", "9520000010027", "G-1001"  # 3.40 and 2.20, 5 % inside; María González


class Told(NamedTuple):
    """What a command said."""

    code: int
    out: str
    err: str


def copy_home(source: Path, target: Path) -> Path:
    """Copy a closed store with its keys."""
    shutil.copytree(source, target)
    shutil.copytree(source.with_name(source.name + ".keys"), target.with_name(target.name + ".keys"))
    return target


class Console:
    """A till in this process: what is typed and what it answers."""

    def __init__(self, app: App) -> None:
        self.app, self.out = app, io.StringIO()
        self.till = Till(app, self.out)

    def type(self, *lines: str) -> list[str]:
        """Type lines and return the answers' lines."""
        start = len(self.out.getvalue())
        for line in lines:
            self.till.serve(line)
        return self.out.getvalue()[start:].splitlines()

    def ask(self, line: str) -> str:
        """Type one line and return its one answer."""
        [answer] = self.type(line)
        return answer

    def run(self, data: bytes) -> tuple[int, list[str]]:
        """Serve a whole input as from a pipe; returns the exit code and the answers' lines."""
        start = len(self.out.getvalue())
        code = self.till.run(io.BytesIO(data))
        return code, self.out.getvalue()[start:].splitlines()
