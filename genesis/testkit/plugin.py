"""The pytest plugin that comes with Genesis: the fixtures `stores`, `store`, `both` and `clock`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from genesis.plugin.app import App
    from genesis.testkit.clock import HandClock
    from genesis.testkit.postgres import PostgresServer
    from genesis.testkit.stores import Stores


def pytest_configure() -> None:
    """Keep tests from the card service of this machine: a process stays with the first one it spoke with."""
    os.environ["PCSCLITE_CSOCK_NAME"] = str(Path(tempfile.gettempdir()) / f"genesis-cards-{os.getpid()}")


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stores")


@pytest.fixture(scope="session")
def _shared_stores(_templates: Path) -> Stores:
    from genesis.testkit.stores import Stores

    return Stores(_templates)


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands still until the test moves it."""
    from genesis.testkit.clock import HandClock

    return HandClock()


@pytest.fixture
def stores(_shared_stores: Stores) -> Iterator[Stores]:
    """Stores to open and reopen; all are closed and taken away at the end of the test."""
    yield _shared_stores
    _shared_stores.clear()


@pytest.fixture
def store(stores: Stores) -> Callable[..., App]:
    """`store("catalog", "tax", ...)`: a fresh, open store with exactly these plugins enabled."""

    def make(*plugins: str, **options: Any) -> App:
        return stores.new(*plugins, **options)

    return make


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; without its wheel the tests on it fail under CI and are skipped loudly elsewhere."""
    from genesis.testkit.postgres import PostgresServer

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
    from genesis.testkit.stores import Stores

    return Stores(tmp_path_factory.mktemp("pg-stores"), postgres.fresh, postgres.drop)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database of this run of the test."""
    return str(request.param)


@pytest.fixture
def both(request: pytest.FixtureRequest, database: str) -> Iterator[Stores]:
    """Stores on each database in turn: the same test, the same result."""
    stores: Stores = request.getfixturevalue("stores" if database == "sqlite" else "_postgres_stores")
    yield stores
    stores.clear()
