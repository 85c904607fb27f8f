"""Stores for tests: made once with the plugins asked for, copied for every test."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import msgspec

from genesis.kernel.clock import Clock
from genesis.plugin.app import App
from genesis.plugin.home import Home, create_home, open_home, write_config
from genesis.plugin.manifest import Found, Manifest, read
from genesis.plugin.state import record
from genesis.testkit.clock import HandClock

# What plugins leave to the store, as test stores have it.
RULES: dict[str, dict[str, Any]] = {"tax": {"scope": "line", "prices_include_tax": True}}
Extra = dict[str, tuple[Found, Any]]


class Stores:
    """Makes stores in a folder, on SQLite, or on PostgreSQL where a function gives a fresh URL.

    fresh_url: gets the URL of the database to copy, "" for an empty one; drop: takes a database away again.
    """

    def __init__(
        self,
        folder: Path,
        fresh_url: Callable[[str], str] | None = None,
        drop: Callable[[str], object] = lambda _url: None,
    ) -> None:
        self._folder, self._fresh_url, self._drop = folder, fresh_url, drop
        self._templates: dict[Any, Path] = {}
        self._count = itertools.count(1)
        self._open: list[App] = []
        self._copies: list[Path] = []
        self._urls: list[str] = []

    def new(
        self,
        *plugins: str,
        extra: Extra | None = None,
        currency: str = "EUR",
        clock: Clock | None = None,
        **options: Any,
    ) -> App:
        """Open a fresh store whose register R1 has exactly these plugins (installed ids, and `extra`) enabled.

        options go to App (projector=, register=, strict= ...). Their requirements must be named too.
        """
        kinds = frozenset((name, type(pair[1])) for name, pair in (extra or {}).items())
        key = (frozenset(plugins), currency, kinds)
        template = self._templates.get(key)
        if template is None:
            template = self._make(plugins, extra or {}, currency)
            self._templates[key] = template
        folder = self._folder / f"store{next(self._count)}"
        self._copies.append(folder)
        self._copy(template, folder)
        return self.open(folder, plugins=plugins, extra=extra, clock=clock, **options)

    def open(
        self,
        folder: Path | App,
        *,
        plugins: Collection[str] | None = None,
        extra: Extra | None = None,
        clock: Clock | None = None,
        **options: Any,
    ) -> App:
        """Open a store again (after a close, or from a second process's point of view)."""
        home = open_home(folder) if isinstance(folder, Path) else Home(folder.home.folder, folder.home.config)
        chosen: dict[str, Any] = {"register": True, "projector": "inline", "strict": True} | options
        only = None if plugins is None else set(plugins)
        app = App(home, clock=clock or HandClock(), extra=extra, only=only, **chosen)
        self._open.append(app)
        return app

    def _make(self, plugins: Collection[str], extra: Extra, currency: str) -> Path:
        folder = self._folder / f"template{next(self._count)}"
        url = "sqlite" if self._fresh_url is None else self._fresh_url("")
        home = create_home(folder, "R1", url)
        with App(home, register=True, extra=extra, only=set(plugins), clock=HandClock()) as app:
            app.settings.change("store", {"name": "Test Store", "currency": currency})
            for plugin in (*plugins, *extra):
                record(app, plugin, enabled=True, why="", since={})
            app.restart()
            for plugin in RULES.keys() & set(plugins):
                app.settings.change(plugin, RULES[plugin])
            faults = app.errors | app.blocked
            if faults:
                raise AssertionError(f"the store could not be made: {faults}")
        return folder

    def _copy(self, template: Path, folder: Path) -> None:
        shutil.copytree(template, folder)
        shutil.copytree(template.with_name(template.name + ".keys"), folder.with_name(folder.name + ".keys"))
        home = open_home(folder)
        if self._fresh_url is not None:
            url = self._fresh_url(home.config.database)
            self._urls.append(url)
            write_config(folder, msgspec.structs.replace(home.config, database=url))

    def close(self) -> None:
        """Close every store that is still open."""
        for app in self._open:
            app.close()
        self._open.clear()

    def clear(self) -> None:
        """Close every store and take its folder away; what a fresh one is copied from stays."""
        self.close()
        for folder in self._copies:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(folder.with_name(folder.name + ".keys"), ignore_errors=True)
        for url in self._urls:
            self._drop(url)
        self._copies.clear()
        self._urls.clear()


def as_plugin(code: object, plugin: str, folder: Path | None = None, **manifest: Any) -> Extra:
    """Return a plugin object in the form `extra` wants it, with a manifest made up of keywords.

    folder: where its plugin.toml and migrations are, where it has any.
    """
    facts = (
        read(folder)
        if folder is not None and (folder / "plugin.toml").exists()
        else Manifest(id=plugin, title=plugin, summary=plugin, category="test", api=1, **manifest)
    )
    found = Found(manifest=facts, folder=folder or Path(), group="test", release="0", entry=f"{plugin}:test")
    return {plugin: (found, code)}
