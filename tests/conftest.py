"""Fixtures of the whole suite: the databases every kernel test runs on."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from genesis.testkit.postgres import PostgresServer
from genesis.testkit.stores import Stores
from tests.console.terminal import GENESIS

_per_database: Counter[str] = Counter()
_covered: list[str] = []  # what harnesses and replays say they covered: record_property("covered", text)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; without its wheel the tests on it fail under CI and are skipped loudly elsewhere."""
    try:
        server = PostgresServer()
    except ImportError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO POSTGRESQL: {missing}; install the development requirements")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _postgres_stores(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    return Stores(tmp_path_factory.mktemp("pg-stores"), postgres.fresh)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo store as `genesis init --demo` leaves it, made once: to be copied."""
    folder = tmp_path_factory.mktemp("console") / "demo"
    done = subprocess.run([GENESIS, "init", "--demo", "--home", folder], check=False, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database of this run of the test."""
    return str(request.param)


@pytest.fixture
def both(request: pytest.FixtureRequest, database: str) -> Iterator[Stores]:
    """Stores on each database in turn: the same test, the same result."""
    stores: Stores = request.getfixturevalue("stores" if database == "sqlite" else "_postgres_stores")
    yield stores
    stores.close()


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
