"""The data folder of a node: which register it is, where its databases and keys are."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import tomllib
import uuid
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta
from platformdirs import user_data_path

from genesis.db.engine import Database
from genesis.db.locks import Hold, network_file_system
from genesis.db.place import Place
from genesis.kernel.errors import Refused, UserError
from genesis.kernel.persons import Keys

CONFIG = "genesis.toml"
KEY_BYTES = 32


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """genesis.toml: what must be known before any database is open."""

    store: Annotated[str, Meta(min_length=1, max_length=64)]
    register: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9]{0,7}$")]
    epoch: Annotated[str, Meta(pattern="^[a-z]?$")] = ""
    database: str = "sqlite"
    encrypted: bool = False


class Home:
    """One data folder."""

    def __init__(self, folder: Path, config: Config) -> None:
        self.folder, self.config = folder, config
        self.keys = keys_folder(folder)

    @property
    def stream(self) -> str:
        """The register's stream: its name and epoch."""
        return f"{self.config.register}{self.config.epoch}"

    def database(self, name: str) -> Database:
        """Open "journal" or "views"."""
        key = self.key()
        if self.config.database == "sqlite":
            return Database(Place(f"sqlite:///{self.folder / name}.db", name, key), self.folder / f"{name}.turn")
        return Database(Place(self.config.database, f"genesis_{name}"))

    def hold(self, name: str) -> Hold:
        """Return a lock of this folder (not yet taken)."""
        return Hold(self.folder / "locks" / name)

    def key(self) -> bytes | None:
        """Return the key of an encrypted store (None: it is not); UserError says where it should be."""
        if not self.config.encrypted:
            return None
        path = self.keys / "database.key"
        try:
            key = bytes.fromhex(path.read_text().strip())
        except (OSError, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise UserError(f"the key of this encrypted store is not in {path}", "put it back from its own backup")
        return key

    @property
    def blobs(self) -> Path:
        """Files named by their SHA-256 (pictures, attachments)."""
        return self.folder / "blobs"

    def next_epoch(self) -> Home:
        """Return this home with the next stream epoch, written to its config (after a restore)."""
        following = chr(ord(self.config.epoch or "a") + 1)
        if following > "z":
            raise UserError("this register was restored 25 times", "give it a new name with `genesis init`")
        config = msgspec.structs.replace(self.config, epoch=following)
        write_config(self.folder, config)
        return Home(self.folder, config)


def open_keys(home: Home) -> Keys:
    """Open the keys of a store; UserError names the file where that cannot be done."""
    try:
        return Keys(home.keys)
    except (OSError, sqlite3.DatabaseError) as error:
        what = f"{home.keys / 'keys.db'} cannot be read ({getattr(error, 'strerror', None) or error})"
        raise UserError(what, "put it back from the backup of the keys, or check the rights of that folder") from error


def default_folder() -> Path:
    """Return the folder to use: GENESIS_HOME, or the user's data folder."""
    named = os.environ.get("GENESIS_HOME", "")
    return Path(named) if named else user_data_path("genesis-pos", appauthor=False)


def keys_folder(folder: Path) -> Path:
    """Return where the keys lie: GENESIS_KEYS, or beside the data folder, never in it."""
    named = os.environ.get("GENESIS_KEYS", "")
    return Path(named) if named else folder.with_name(folder.name + ".keys")


def exists(folder: Path) -> bool:
    """Whether a store is there."""
    return (folder / CONFIG).exists()


def read_config(folder: Path) -> Config:
    """Read genesis.toml; UserError names the field that does not fit."""
    path = folder / CONFIG
    try:
        config = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8-sig")), Config)
    except (OSError, RecursionError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise UserError(f"{path} does not fit: {error}", "correct the named field", CONFIG) from error
    if config.database != "sqlite" and not config.database.startswith(("postgresql://", "postgresql+psycopg://")):
        raise UserError(f"{path} does not fit: `$.database` is {config.database[:60]!r}",
                        'use "sqlite" or "postgresql://USER@HOST/NAME"', CONFIG)  # fmt: skip
    return config


def open_home(folder: Path) -> Home:
    """Read a data folder; UserError says what to do where there is none or its config does not fit."""
    if not exists(folder):
        raise UserError(f"there is no store in {folder}", "run `genesis init` (or `genesis init --demo`)", "home")
    config = read_config(folder)
    remote = network_file_system(folder)
    if remote and config.database == "sqlite":
        raise UserError(
            f"{folder} lies on a network file system ({remote})", "locks are not safe there: use a local disk"
        )
    journal = folder / "journal.db"
    if config.database == "sqlite" and not (journal.exists() and journal.stat().st_size):  # never begun anew unasked
        what = f"{journal} is missing or empty: what was sold here is in it"
        raise UserError(what, "put it back or restore a backup; if nothing was ever sold, remove the folder", "home")
    return Home(folder, config)


def create_home(folder: Path, register: str, database: str = "sqlite", *, encrypted: bool = False) -> Home:
    """Make a data folder; its databases are made when it is first opened."""
    try:
        config = msgspec.convert(
            {"store": str(uuid.uuid4()), "register": register, "database": database, "encrypted": encrypted}, Config
        )
    except msgspec.ValidationError as error:
        raise UserError(
            f"register: {error}", "use a capital letter, then letters and digits, such as R1", "register"
        ) from error
    if encrypted and database != "sqlite":
        raise UserError("encrypt: PostgreSQL encrypts on its server", "leave --encrypt out", "encrypt")
    try:
        for part in (folder, folder / "locks", folder / "blobs"):
            part.mkdir(parents=True, exist_ok=True, mode=0o700)
        home = Home(folder, config)
        home.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        if encrypted:
            key = home.keys / "database.key"
            key.touch(0o600)
            key.write_text(os.urandom(KEY_BYTES).hex())
        write_config(folder, config)
    except OSError as error:
        raise UserError(f"{folder} cannot be written ({error.strerror})", "choose another folder", "home") from error
    return home


def already(folder: Path) -> set[Path]:
    """Return what is there before a store is made; refused where another journal lies, or anything but a folder."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file", "choose a folder", "home")
    if (folder / "journal.db").exists():
        remedy = "put that back, or choose another folder"
        raise UserError(f"there is a journal in {folder}, but no {CONFIG}", remedy, "home")
    places = (folder, keys_folder(folder))
    return {place for place in places if place.exists()} | {f for p in places if p.exists() for f in p.iterdir()}


def clear_home(folder: Path, before: set[Path]) -> None:
    """Take away what an attempt to make a store left, and nothing that was there before it."""
    for place in (folder, keys_folder(folder)):
        for left in set(place.iterdir() if place.exists() else ()) - before:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        if place.exists() and place not in before:
            place.rmdir()


def write_config(folder: Path, config: Config) -> None:
    """Write genesis.toml whole or not at all."""
    rows = [f"{name} = {json.dumps(value)}" for name, value in msgspec.to_builtins(config).items()]
    path, fresh = folder / CONFIG, folder / (CONFIG + ".new")
    with fresh.open("w", encoding="utf-8") as out:
        out.write("\n".join(rows) + "\n")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def take_stream(hold: Hold, register: str) -> None:
    """Become the one process of a register; refused while another is, which is named."""
    if not hold.take(f"process {os.getpid()} on {socket.gethostname()}"):
        raise Refused(
            f"register {register} is open already in {hold.holder()}", "close it there, or use another register",
            "register",
        )  # fmt: skip
