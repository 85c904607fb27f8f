"""Answers `device_drivers` and opens the drawer as a reaction of the register."""

from __future__ import annotations

import msgspec

from genesis import DeviceDriver, Entry, Fact, Pos, Reaction, hookimpl
from genesis_drawer.models import DrawerKicked, DrawerSettings, DrawerStuck
from genesis_drawer.service import KINDS, PrinterDrawer, open_drawer


class DrawerPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Pin, pulse and sensor."""
        return DrawerSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """What was opened, and what was not."""
        return [DrawerKicked, DrawerStuck]

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The drawer, where there is one."""
        settings = pos.settings(DrawerSettings)
        return [PrinterDrawer(pos, settings)] if settings.present else []

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Open it for whatever puts cash in or takes it out, and where somebody opens it by hand."""
        return [Reaction(name="drawer", kinds=KINDS, run=_open, where="register", retries=1)]


def _open(pos: Pos, entry: Entry) -> list[Fact] | None:
    return open_drawer(pos, entry)


plugin = DrawerPlugin()
