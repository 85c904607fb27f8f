"""Backup and restore: a copy that was proved, and an epoch that never issues a number twice."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from genesis.db.engine import Database, explain
from genesis.db.place import Place
from genesis.kernel.clock import SystemClock
from genesis.kernel.errors import GenesisError, UserError
from genesis.kernel.journal import Journal
from genesis.kernel.registry import Registry
from genesis.kernel.verify import verify
from genesis.plugin.home import CONFIG, Home, exists, keys_folder, read_config, write_config

if TYPE_CHECKING:
    from genesis.plugin.app import App


def back_up(app: App, folder: Path, keys: Path | None) -> int:
    """Copy journal, config and files to a folder, prove the copy and return its number of facts.

    The views are left out: they are built again. keys: where a copy of the keys goes, never into the backup.
    Only an earlier backup of this store is ever replaced, and only by one that was proved.
    """
    home = app.home
    if home.config.database != "sqlite":
        raise UserError("this store is on PostgreSQL", "back it up with pg_dump of the schema genesis_journal")
    _check_target(home, folder, keys)
    with _beside(folder, "the backup could not be written; the last one is kept") as fresh:
        target = fresh / "journal.db"
        with app.database.connect() as connection:
            connection.exec_driver_sql(f"VACUUM INTO '{str(target).replace(chr(39), chr(39) * 2)}'")
        shutil.copy2(home.folder / CONFIG, fresh / CONFIG)
        if home.blobs.exists():
            shutil.copytree(home.blobs, fresh / "blobs")
        count = _prove(Home(fresh, home.config), app.database.place.key)
        for file in fresh.rglob("*"):
            _sync(file)
        if keys is not None:
            shutil.copytree(home.keys, keys, dirs_exist_ok=True)
        _put(fresh, folder)
    return count


def _check_target(home: Home, folder: Path, keys: Path | None) -> None:
    """Refuse a place where a backup would overwrite, contain or lie in something else."""
    here, there = home.folder.resolve(), folder.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise UserError(f"{folder} is not apart from the data folder", "name a folder on another disk", "folder")
    if keys is not None and (keys.resolve() == there or there in keys.resolve().parents):
        raise UserError("the keys must not lie in the backup", "name another place", "keys")
    if folder.is_dir() and any(folder.iterdir()):
        if not exists(folder) or read_config(folder).store != home.config.store:
            remedy = "name an empty folder or an earlier backup"
            raise UserError(f"there is something else in {folder}", remedy, "folder")
    elif folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file", "name a folder", "folder")


@contextmanager
def _beside(folder: Path, what: str) -> Iterator[Path]:
    """Give an empty folder on the disk of another one; it is gone afterwards unless it was put in its place."""
    fresh = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        yield fresh
    except OSError as error:
        raise UserError(f"{what} ({error.strerror or error})", "use another place") from error
    except SQLAlchemyError as error:
        raise UserError(f"{what} ({explain(error).what})", "use another place") from error
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)


def _put(fresh: Path, folder: Path) -> None:
    """Put a finished folder in its place; what was there is there until the moment it is replaced."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    folder.rename(old / "old")
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _sync(file: Path) -> None:
    if file.is_file():
        with file.open("rb+") as opened:
            os.fsync(opened.fileno())


def _prove(copy: Home, key: bytes | None) -> int:
    """Verify the journal of a copy and return its number of facts."""
    database = Database(Place(f"sqlite:///{copy.folder / 'journal.db'}", "journal", key))
    try:
        journal = Journal(database, Registry(), SystemClock())
        try:
            return verify(journal)
        finally:
            journal.close()
    finally:
        database.close()
        for rest in copy.folder.glob("journal.db-*"):
            rest.unlink()


def restore(backup: Path, folder: Path, keys: Path | None) -> Home:
    """Make a data folder from a backup; refused where anything is, and whole or not at all.

    A damaged backup is refused with the place of the damage. The epoch that was used is noted in the backup
    (where it can be written), so that a second restore of it does not issue the same numbers again.
    """
    if not exists(backup) or not (backup / "journal.db").is_file():
        raise UserError(f"there is no backup in {backup}", "name the folder that `genesis db backup` wrote", "folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "a store" if exists(folder) else "something"
        raise UserError(f"there is {what} in {folder}", "restore into an empty folder", "home")
    place = keys_folder(folder)
    if keys is not None and place.is_dir() and any(place.iterdir()):
        raise UserError(f"there are keys in {place}", "leave --keys out, or move them away first", "keys")
    if keys is not None and not keys.is_dir():
        raise UserError(f"there are no keys in {keys}", "name the folder that --keys wrote", "keys")
    with _beside(folder, f"{folder} could not be written") as fresh:
        shutil.copytree(backup, fresh, dirs_exist_ok=True)
        home = Home(fresh, read_config(fresh))
        home.keys = keys or place
        _prove(home, home.key())
        (fresh / "locks").mkdir(exist_ok=True)
        config = home.next_epoch().config
        if keys is not None:
            shutil.copytree(keys, place, dirs_exist_ok=True)
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
    with suppress(OSError, GenesisError):
        write_config(backup, config)
    return Home(folder, config)
