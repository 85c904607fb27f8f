"""Fixtures of the console tests: the demo store as `genesis init --demo` makes it, and the command itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genesis.cli.main import main
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from genesis.testkit.clock import HandClock
from tests.console.terminal import GENESIS, Console, Told, copy_home


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    """The demo store in a folder of its own, closed."""
    return copy_home(demo_home, tmp_path / "shop")


@pytest.fixture
def app(home: Path) -> Iterator[App]:
    """The demo store, open as a register."""
    with App(open_home(home), register=True, clock=HandClock()) as opened:
        yield opened


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
