"""A plugin's facts, read from plugin.toml before any of its code is imported."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from genesis.kernel.errors import GenesisError

API = 1
RESERVED = {"kernel", "store", "office"}
Id = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{1,40}$")]


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What plugin.toml says.

    requires: plugins that must be enabled (hard). after: order only. needs: projections that must have caught
    up before its reading hooks answer. schema: head of its alembic tree, "" without tables. default: whether
    `genesis init` enables it. extra: the optional dependencies it wants (name of the install extra). attaches: kinds
    of devices that can be plugged in (serial, usb_printer, card_reader, nfc, network_printer) -> its setting for one.
    """

    id: Id
    title: Annotated[str, Meta(min_length=1, max_length=80)]
    summary: Annotated[str, Meta(min_length=1, max_length=300)]
    category: str
    api: int
    requires: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    schema: str = ""
    default: Literal["on", "off"] = "off"
    extra: str = ""
    attaches: dict[str, str] = {}


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin that is installed: its manifest, folder and entry point; fault says why it cannot be used."""

    manifest: Manifest
    folder: Path
    group: str
    release: str
    entry: str
    fault: str = ""


@lru_cache(maxsize=1024)
def _parse(text: str) -> Manifest:
    return msgspec.convert(tomllib.loads(text), Manifest)


def read(folder: Path) -> Manifest:
    """Read and check a plugin.toml; GenesisError names the field."""
    path = folder / "plugin.toml"
    try:
        return _parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GenesisError(f"{folder.name} has no plugin.toml") from None
    except (OSError, RecursionError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise GenesisError(f"{path.name} of {folder.name}: {error}") from error


def find(entry: EntryPoint, release: str, folder: Path | str) -> Found:
    """Return what an entry point stands for, without importing its code. folder: why it has none, where it has none."""

    def broken(reason: str) -> Found:
        shell = Manifest(id=entry.name, title=entry.name, summary=reason, category="", api=API)
        return Found(manifest=shell, folder=Path(), group=entry.group, release=release, entry=entry.value, fault=reason)

    if isinstance(folder, str):
        return broken(folder)
    try:
        manifest = read(folder)
    except GenesisError as error:
        return broken(str(error))
    fault = ""
    if manifest.id != entry.name:
        fault = f"plugin.toml says id {manifest.id!r}, its entry point {entry.name!r}"
    elif manifest.id in RESERVED:
        fault = f"{manifest.id} is the name of a part of the kernel"
    elif manifest.api != API:
        fault = f"it was made for version {manifest.api} of the plugin interface, this is {API}"
    return Found(manifest=manifest, folder=folder, group=entry.group, release=release, entry=entry.value, fault=fault)
