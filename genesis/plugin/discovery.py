"""Finds plugins by their entry points, ours and strangers' alike, and imports only what is enabled."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from stevedore.named import NamedExtensionManager

from genesis.plugin.manifest import Found, find

GROUPS = ("genesis.plugins", "genesis.payment_providers", "genesis.hardware_drivers", "genesis.themes")


class LoadError(Exception):
    """A plugin's code could not be imported."""


class LiveManager(NamedExtensionManager):  # type: ignore[type-arg]
    """stevedore's manager without its disk cache (stale for two minutes) and without escaping load faults."""

    def __init__(self, group: str, names: Collection[str], installed: list[EntryPoint]) -> None:
        self.faults: dict[str, str] = {}
        self._installed = installed
        super().__init__(
            group,
            names=list(names),
            on_load_failure_callback=self._note,
            on_missing_entrypoints_callback=lambda _names: None,  # a name is missing from all groups but its own
        )

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


def installed() -> dict[str, list[EntryPoint]]:
    """Return what is installed now, by group; every distribution is read once for all of them."""
    everything = entry_points()
    return {group: list(everything.select(group=group)) for group in GROUPS}


class Releases:
    """The release of each distribution, read once: many plugins come in one."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, entry: EntryPoint) -> str:
        """Return the release that an entry point came with, "" where nobody knows."""
        if entry.dist is None:
            return ""
        if id(entry.dist) not in self._known:
            self._known[id(entry.dist)] = entry.dist.version
        return self._known[id(entry.dist)]


def discover() -> dict[str, Found]:
    """Return every installed plugin by id; of two with one id none can be used."""
    found: dict[str, Found] = {}
    releases = Releases()
    for group, entries in installed().items():
        for entry in sorted(entries, key=lambda e: (e.name, e.value)):
            here = find(entry, releases.of(entry))
            other = found.get(here.manifest.id)
            if other is not None and other.entry == here.entry:
                continue
            if other is not None:
                reason = f"two plugins are called {here.manifest.id}: {other.entry} and {here.entry}"
                here = Found(manifest=here.manifest, folder=here.folder, group=group, release=here.release,
                             entry=here.entry, fault=reason)  # fmt: skip
            found[here.manifest.id] = here
    return found


def load(names: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Import these plugins; returns the plugin objects and the reasons of those that failed."""
    objects: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for group, entries in installed().items():
        manager = LiveManager(group, names, entries)
        faults |= manager.faults
        objects |= {extension.name: extension.plugin for extension in manager}
    return objects, faults
