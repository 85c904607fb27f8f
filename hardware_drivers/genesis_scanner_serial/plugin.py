"""Answers `device_drivers` with the scanner."""

from __future__ import annotations

import msgspec

from genesis import DeviceDriver, Pos, hookimpl
from genesis_scanner_serial.models import ScannerSettings
from genesis_scanner_serial.service import SerialScanner


class ScannerPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Port and speed."""
        return ScannerSettings

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The scanner, where it has a port."""
        rules = pos.settings(ScannerSettings)
        return [SerialScanner(rules)] if rules.port else []


plugin = ScannerPlugin()
