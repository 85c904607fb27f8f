"""Where databases live, and how each kind is opened so that what the journal promises holds."""

from __future__ import annotations

import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import create_engine, event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from genesis.kernel.errors import GenesisError

MINIMUM_SQLITE = (3, 51, 3)  # older ones can corrupt a WAL that two connections checkpoint
PAGE = 8192


@dataclass(frozen=True)
class Place:
    """Where one database lives: a file (with an optional raw key), or a schema of a PostgreSQL URL.

    busy_ms: how long whoever wants to write waits for others, in the line of its process or at the database's own lock.
    """

    busy_ms: ClassVar[int] = 5_000
    url: str
    schema: str
    key: bytes | None = field(default=None, repr=False)

    @property
    def sqlite(self) -> bool:
        """Whether this is a SQLite file."""
        return self.url.startswith("sqlite")

    @property
    def path(self) -> Path:
        """The SQLite file."""
        name = make_url(self.url).database
        if not self.sqlite or not name:
            raise GenesisError(f"{self.url} has no file")
        return Path(name)


def sqlite_engine(place: Place) -> Engine:
    """Return what opens a file, encrypted where the place has a key."""
    found = tuple(int(part) for part in sqlite.sqlite_version.split("."))
    if found < MINIMUM_SQLITE:
        raise GenesisError(f"SQLite {sqlite.sqlite_version} can corrupt its log; 3.51.3 or newer is needed")

    def creator() -> Any:
        _mend_rights(place.path)
        connection = sqlite.connect(
            str(place.path), timeout=place.busy_ms / 1000, isolation_level=None, check_same_thread=False
        )
        cursor = connection.cursor()
        if place.key is not None:
            cursor.execute("PRAGMA cipher_log_level=NONE")  # its words are not for the cashier; the error is ours
            cursor.execute(f"PRAGMA cipher_default_page_size={PAGE}")  # of the copy that VACUUM INTO writes
            cursor.execute(f"PRAGMA key=\"x'{place.key.hex()}'\"")
            cursor.execute(f"PRAGMA cipher_page_size={PAGE}")
        for pragma in (f"page_size={PAGE}", "journal_mode=WAL", "foreign_keys=ON", "wal_autocheckpoint=0",
                       "secure_delete=ON", "trusted_schema=OFF", "cache_size=-16384"):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
        return connection

    return create_engine("sqlite://", creator=creator, module=sqlite, poolclass=NullPool, isolation_level="AUTOCOMMIT")


def _mend_rights(path: Path) -> None:
    """Give what lies beside a database its rights: SQLite made it read-only if it was started while that was so."""
    with suppress(OSError):
        mode = path.stat().st_mode
        for side in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            if side.exists() and side.stat().st_mode != mode:
                side.chmod(stat.S_IMODE(mode))


def postgres_engine(place: Place) -> Engine:
    """Return what opens a schema of a server."""
    url = make_url(place.url).set(drivername="postgresql+psycopg")
    url = url.set(query={"connect_timeout": "5", "tcp_user_timeout": "10000", **url.query})  # a machine may go
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{place.schema}"')
        cursor.execute(f'SET search_path TO "{place.schema}"')
        cursor.execute(f"SET lock_timeout = {place.busy_ms}")
        cursor.execute("SET client_min_messages = warning")

    return engine
