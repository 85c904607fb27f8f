"""Backup and restore: a copy that was proved, and an epoch that never issues a number twice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from genesis.db.engine import Database, Place
from genesis.kernel.clock import SystemClock
from genesis.kernel.errors import UserError
from genesis.kernel.journal import Journal
from genesis.kernel.registry import Registry
from genesis.kernel.verify import verify
from genesis.plugin.home import CONFIG, Home, exists, keys_folder, open_home

if TYPE_CHECKING:
    from genesis.plugin.app import App


def back_up(app: App, folder: Path, keys: Path | None) -> int:
    """Copy journal, config and files to a folder, prove the copy and return its number of facts.

    The views are left out: they are built again. keys: where a copy of the keys goes, never into the backup.
    """
    home = app.home
    if home.config.database != "sqlite":
        raise UserError("this store is on PostgreSQL", "back it up with pg_dump of the schema genesis_journal")
    if keys is not None and (keys == folder or folder in keys.parents):
        raise UserError("the keys must not lie in the backup", "name another place", "keys")
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True, mode=0o700)
        target = fresh / "journal.db"
        with app.database.connect() as connection:
            connection.exec_driver_sql(f"VACUUM INTO '{str(target).replace(chr(39), chr(39) * 2)}'")
        shutil.copy2(home.folder / CONFIG, fresh / CONFIG)
        if home.blobs.exists():
            shutil.copytree(home.blobs, fresh / "blobs")
        count = _prove(Home(fresh, home.config), app)
        if keys is not None:
            shutil.copytree(home.keys, keys, dirs_exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise UserError(f"the backup could not be written ({error.strerror}); the last one is kept", "use another place"
                        ) from error  # fmt: skip
    return count


def _prove(copy: Home, app: App) -> int:
    place = Place(f"sqlite:///{copy.folder / 'journal.db'}", "journal", app.database.place.key)
    database = Database(place)
    journal = Journal(database, Registry(), SystemClock())
    try:
        return verify(journal)
    finally:
        journal.close()
        database.close()
        for rest in copy.folder.glob("journal.db-*"):
            rest.unlink()


def restore(backup: Path, folder: Path, keys: Path | None) -> Home:
    """Make a data folder from a backup. Refused where a store is; damaged backups are refused with the place."""
    if not exists(backup):
        raise UserError(f"there is no backup in {backup}", "name the folder that `genesis db backup` wrote", "folder")
    if exists(folder):
        raise UserError(f"there is a store in {folder}", "restore into an empty folder", "home")
    shutil.copytree(backup, folder, dirs_exist_ok=True)
    if keys is not None:
        shutil.copytree(keys, keys_folder(folder), dirs_exist_ok=True)
    try:
        home = open_home(folder)
        database = home.database("journal")
        journal = Journal(database, Registry(), SystemClock())
        try:
            verify(journal)
        finally:
            journal.close()
            database.close()
        return home.next_epoch()
    except Exception:
        (folder / CONFIG).unlink(missing_ok=True)
        raise
