"""Finds plugins by their entry points, ours and strangers' alike, and imports only what is enabled."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Collection
from importlib.metadata import EntryPoint
from typing import Any

from stevedore.named import NamedExtensionManager

from genesis.plugin.manifest import Found, find

GROUPS = ("genesis.plugins", "genesis.payment_providers", "genesis.hardware_drivers", "genesis.themes")


class LoadError(Exception):
    """A plugin's code could not be imported."""


class LiveManager(NamedExtensionManager):  # type: ignore[type-arg]
    """stevedore's manager without its disk cache (stale for two minutes) and without escaping load faults."""

    def __init__(self, group: str, names: Collection[str]) -> None:
        self.faults: dict[str, str] = {}
        super().__init__(
            group,
            names=list(names),
            on_load_failure_callback=self._note,
            on_missing_entrypoints_callback=lambda _names: None,  # a name is missing from all groups but its own
        )

    def list_entry_points(self) -> list[EntryPoint]:
        """Return what is installed now."""
        return list(importlib.metadata.entry_points(group=self.namespace))

    def _load_one_plugin(self, ep: EntryPoint, *args: Any, **kwargs: Any) -> Any:
        try:
            return super()._load_one_plugin(ep, *args, **kwargs)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit and failed assertions of a plugin's module included
            raise LoadError(f"{type(error).__name__}: {error}") from error

    def _note(self, _manager: Any, ep: EntryPoint, error: BaseException) -> None:
        self.faults[ep.name] = str(error)


def discover() -> dict[str, Found]:
    """Return every installed plugin by id; of two with one id none can be used."""
    found: dict[str, Found] = {}
    for group in GROUPS:
        for entry in sorted(importlib.metadata.entry_points(group=group), key=lambda e: (e.name, e.value)):
            here = find(entry)
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
    for group in GROUPS:
        manager = LiveManager(group, names)
        faults |= manager.faults
        objects |= {extension.name: extension.plugin for extension in manager}
    return objects, faults
