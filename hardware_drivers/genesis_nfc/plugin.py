"""Answers `device_drivers` with the NFC reader."""

from __future__ import annotations

import msgspec

from genesis import DeviceDriver, Pos, hookimpl
from genesis_nfc.models import NfcSettings
from genesis_nfc.service import NfcReader


class NfcPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Which reader, and what is read."""
        return NfcSettings

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The NFC reader, where one is named."""
        rules = pos.settings(NfcSettings)
        return [NfcReader(rules)] if rules.reader else []


plugin = NfcPlugin()
