"""Distributions of other people, installed for one test: a package, its plugin.toml and real entry points."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

CODE = """
from genesis import Item, Price, hookimpl

class Plugin:
    @hookimpl
    def resolve_code(self, code):
        return Item(ref="{id}:1", name="{id} thing") if code == "{id}" else None

    @hookimpl
    def base_price(self, item):
        return Price(e4=10_000) if item.ref == "{id}:1" else None

plugin = Plugin()
"""


class Site:
    """A folder of installed distributions on the path of this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(
        self,
        plugin: str,
        code: str = "",
        *,
        package: str = "",
        manifest: str | None = None,
        group: str = "genesis.plugins",
        **facts: object,
    ) -> Path:
        """Install a plugin and return its package folder. facts go into plugin.toml; manifest replaces all of it."""
        package = package or f"strange_{plugin}"
        here = self.folder / package
        here.mkdir()
        (here / "__init__.py").write_text("")
        marker = f"import pathlib\npathlib.Path({str(self.marker(package))!r}).touch()\n"
        (here / "plugin.py").write_text(marker + (code or CODE.replace("{id}", plugin)))
        known = {"id": plugin, "title": plugin, "summary": "a stranger", "category": "test", "api": 1} | facts
        rows = [f"{name} = {json.dumps(value)}" for name, value in known.items()]
        (here / "plugin.toml").write_text("\n".join(rows) if manifest is None else manifest)
        self._declare(package, plugin, group)
        return here

    def _declare(self, package: str, plugin: str, group: str) -> None:
        info = self.folder / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package.replace('_', '-')}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{plugin} = {package}.plugin:plugin\n")

    def declare_only(self, plugin: str, value: str = "nowhere.plugin:plugin") -> None:
        """Leave an entry point without any code."""
        self._declare(f"husk_{plugin}", plugin, "genesis.plugins")
        info = self.folder / f"husk_{plugin}-1.0.dist-info" / "entry_points.txt"
        info.write_text(f"[genesis.plugins]\n{plugin} = {value}\n")

    def uninstall(self, plugin: str, package: str = "") -> None:
        """Take a distribution away."""
        package = package or f"strange_{plugin}"
        shutil.rmtree(self.folder / package)
        shutil.rmtree(self.folder / f"{package}-1.0.dist-info")
        self.forget()

    def marker(self, package: str) -> Path:
        """Return the file that the package's code writes when it is imported."""
        return self.folder / f"{package}.imported"

    def imported(self, plugin: str) -> bool:
        """Whether its code was imported since it was installed."""
        return self.marker(f"strange_{plugin}").exists()

    def forget(self) -> None:
        """Take what came from here out of the loaded modules."""
        for name, module in list(sys.modules.items()):
            origin = getattr(module, "__file__", None) or ""
            if origin.startswith(str(self.folder)):
                del sys.modules[name]
