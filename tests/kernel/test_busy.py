"""How long a database waits for others stands in one place, for the line of a process and for the lock of the file."""

from __future__ import annotations

import fcntl
import time
from contextlib import closing
from pathlib import Path

import pytest

from genesis.db.engine import Database, StorageError, Writer
from genesis.db.place import Place


def test_one_figure_says_how_long_a_busy_database_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Place, "busy_ms", 50)
    place, turn = Place(f"sqlite:///{tmp_path / 'kept.db'}", ""), tmp_path / "kept.turn"
    with closing(Database(place, turn)) as database, closing(Database(place)) as other:
        writer, holder = Writer(database), Writer(other)
        with turn.open("rb") as line, holder.transaction():
            fcntl.flock(line, fcntl.LOCK_EX)  # a process that hangs, and one that writes
            began = time.monotonic()
            with pytest.raises(StorageError, match="the database is busy"), writer.transaction():
                pass
            assert 0.1 <= time.monotonic() - began < 4
        writer.close()
        holder.close()
