"""The devices of a process, driven as the settings of their plugins say, whichever process changed them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from genesis.hooks import platform as specs
from genesis.kernel.devicedesk import DeviceDesk
from genesis.kernel.jobs import Job

if TYPE_CHECKING:
    from genesis.kernel.devices import DeviceDriver
    from genesis.plugin.app import App


class Driven:
    """Puts the device desk in its place and keeps it in step. drivers: what plugins brought, with who brought it."""

    def __init__(self, app: App, drivers: Sequence[tuple[str, DeviceDriver]]) -> None:
        self._app = app
        app.pos.devices = DeviceDesk(app.pos, [driver for _, driver in drivers], app.home.config.register)
        plugins = app.hooks.implemented(specs.device_drivers)
        self._known = {one: (self._settings(one), [d.id for plugin, d in drivers if plugin == one]) for one in plugins}
        self.job = Job(id="devices", every=2, run=lambda _pos: self.follow())

    def _settings(self, plugin: str) -> dict[str, Any]:
        return dict(self._app.journal.space(f"setting:{plugin}"))

    def follow(self) -> None:
        """Ask the plugins whose settings changed again; where one fails, its devices stay as they were."""
        app = self._app
        with app.raw_journal.moment():
            now = {plugin: self._settings(plugin) for plugin in self._known}
        for plugin, (before, ids) in list(self._known.items()):
            if now[plugin] == before:
                continue
            found, faults = app.hooks.collect(specs.device_drivers, [plugin], pos=app.pos)
            drivers = [driver for _, made in found for driver in made]
            self._known[plugin] = (now[plugin], ids if faults else [driver.id for driver in drivers])
            if faults:
                app.log.warning("the devices of %s stay as they were: %s", plugin, faults[plugin])
            else:
                app.pos.devices.renew(ids, drivers)
