"""Fixtures of the console tests: the demo store as `genesis init --demo` makes it, and the command itself."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from genesis.cli.main import main
from genesis.console.till import Till
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from genesis.testkit.clock import HandClock

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


@pytest.fixture(scope="session")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("console") / "demo"
    done = subprocess.run([GENESIS, "init", "--demo", "--home", folder], check=False, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture
def home(_demo: Path, tmp_path: Path) -> Path:
    """The demo store in a folder of its own, closed."""
    return copy_home(_demo, tmp_path / "shop")


@pytest.fixture
def app(home: Path) -> Iterator[App]:
    """The demo store, open as a register."""
    with App(open_home(home), register=True, clock=HandClock()) as opened:
        yield opened


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


@pytest.fixture
def console(app: App) -> Console:
    """The text register on the demo store."""
    return Console(app)


@pytest.fixture
def genesis(capsys: pytest.CaptureFixture[str], home: Path) -> Callable[..., Told]:
    """Run a command in this process on the demo store (home=None: without naming a folder)."""

    def run(*words: object, at: Path | None = home) -> Told:
        capsys.readouterr()
        code = main([*map(str, words), *([] if at is None else ["--home", str(at)])])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Told(code, said.out, said.err)

    return run


@pytest.fixture
def process(home: Path) -> Callable[..., Told]:
    """Run the installed command in a process of its own."""

    def run(*words: object, data: bytes = b"", at: Path | None = home, **environ: str) -> Told:
        arguments = [str(GENESIS), *map(str, words), *([] if at is None else ["--home", str(at)])]
        done = subprocess.run(arguments, input=data, capture_output=True, check=False, env=os.environ | environ)
        said = done.stderr.decode(errors="replace")
        assert "Traceback" not in said
        return Told(done.returncode, done.stdout.decode(errors="replace"), said)

    return run
