"""Finds plugins by their entry points, ours and strangers' alike, and imports only what is enabled."""

from __future__ import annotations

import functools
import importlib.util
import sys
import time
from collections.abc import Collection
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import msgspec
from stevedore.named import NamedExtensionManager

from genesis.plugin.manifest import Found, find

COARSE = 3.0  # s in which a change may leave the time of a folder as it was: what is that young is read again
GROUPS = ("genesis.plugins", "genesis.payment_providers", "genesis.hardware_drivers", "genesis.themes")
Installed = tuple[EntryPoint, str, Path | str]  # with its release, and its folder or why it has none


class LoadError(Exception):
    """A plugin's code could not be imported."""


class LiveManager(NamedExtensionManager):  # type: ignore[type-arg]
    """stevedore's manager without its disk cache (stale for two minutes) and without escaping load faults."""

    def __init__(self, group: str, names: Collection[str], installed: list[EntryPoint]) -> None:
        self.faults: dict[str, str] = {}
        self._installed = installed
        super().__init__(group, names=list(names), on_load_failure_callback=self._note,
                         on_missing_entrypoints_callback=lambda _names: None)  # fmt: skip  # one group has it

    def list_entry_points(self) -> list[EntryPoint]:
        """Return what is installed now."""
        return self._installed

    def _load_one_plugin(self, ep: EntryPoint, *args: Any, **kwargs: Any) -> Any:
        try:
            return super()._load_one_plugin(ep, *args, **kwargs)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit and failed assertions of a plugin's module included
            raise LoadError(f"{type(error).__name__}: {error}") from error

    def _note(self, _manager: Any, ep: EntryPoint, error: BaseException) -> None:
        self.faults[ep.name] = str(error)


def _changed(folder: str) -> float:
    """Return when something was last put into a folder or taken out of it."""
    try:
        return Path(folder).stat().st_mtime
    except OSError:
        return 0.0


def _folder(entry: EntryPoint) -> Path | str:
    """Return where the code of an entry point is, without importing it."""
    package = entry.value.partition(":")[0].partition(".")[0]
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError) as error:
        return str(error)
    return Path(spec.origin).parent if spec and spec.origin else f"its code ({package}) is not installed"


@functools.lru_cache(maxsize=1)
def _read(_path: Any) -> dict[str, list[Installed]]:
    """Read every distribution once, for all groups."""
    known, release = entry_points(), functools.cache(lambda dist: dist.version if dist else "")
    return {g: [(e, release(e.dist), _folder(e)) for e in known.select(group=g)] for g in GROUPS}


def installed() -> dict[str, list[Installed]]:
    """Return what is installed now, by group; it is read again when something came to the path or left it."""
    path = tuple((folder, _changed(folder)) for folder in sys.path)
    young = max(changed for _, changed in path) > time.time() - COARSE
    return _read.__wrapped__(path) if young else _read(path)


def discover() -> dict[str, Found]:
    """Return every installed plugin by id; of two with one id none can be used."""
    found: dict[str, Found] = {}
    for entries in installed().values():
        for entry, release, folder in sorted(entries, key=lambda e: (e[0].name, e[0].value)):
            here = find(entry, release, folder)
            other = found.get(here.manifest.id)
            if other is not None and other.entry == here.entry:
                continue
            if other is not None:
                reason = f"two plugins are called {here.manifest.id}: {other.entry} and {here.entry}"
                here = msgspec.structs.replace(here, fault=reason)
            found[here.manifest.id] = here
    return found


def load(names: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Import these plugins; returns the plugin objects and the reasons of those that failed."""
    objects: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for group, entries in installed().items():
        manager = LiveManager(group, names, [entry for entry, _, _ in entries])
        faults |= manager.faults
        objects |= {extension.name: extension.plugin for extension in manager}
    return objects, faults
