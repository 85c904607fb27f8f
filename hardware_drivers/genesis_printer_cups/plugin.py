"""Answers `device_drivers` with a print queue of CUPS."""

from __future__ import annotations

import msgspec

from genesis import DeviceDriver, Pos, Row, StoreSettings, exporter_of, hookimpl
from genesis_printer_cups.models import CupsSettings
from genesis_printer_cups.service import CupsPrinter


class CupsPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Which print queue, and where."""
        return CupsSettings

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The printer, where a queue is named."""
        settings = pos.settings(CupsSettings)
        return [CupsPrinter(settings, lambda: _probe(pos))] if settings.queue else []


def _probe(pos: Pos) -> bytes:
    rows: list[Row] = [("title", pos.settings(StoreSettings).name, ""), ("centre", "This printer works", "")]
    return exporter_of(pos, "pdf", "printer").write(rows)


plugin = CupsPlugin()
