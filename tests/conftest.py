"""What the whole suite shares: the demo store, and on which databases how many tests passed."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.console.terminal import GENESIS

_per_database: Counter[str] = Counter()
_covered: list[str] = []  # what harnesses and replays say they covered: record_property("covered", text)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo store as `genesis init --demo` leaves it, made once: to be copied."""
    folder = tmp_path_factory.mktemp("console") / "demo"
    done = subprocess.run([GENESIS, "init", "--demo", "--home", folder], check=False, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    params = getattr(getattr(item, "callspec", None), "params", {})
    if "database" in params:
        item.user_properties.append(("database", params["database"]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        for name, value in report.user_properties:
            if name == "database":
                _per_database[str(value)] += 1
            elif name == "covered":
                _covered.append(str(value))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _per_database:
        counts = ", ".join(f"{count} on {name}" for name, count in sorted(_per_database.items()))
        terminalreporter.write_line(f"kernel tests passed: {counts}")
    for text in _covered:
        terminalreporter.write_line(f"covered: {text}")
