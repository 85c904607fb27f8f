"""Answers `device_drivers` with the card reader."""

from __future__ import annotations

import msgspec

from genesis import DeviceDriver, Pos, hookimpl
from genesis_smartcard.models import SmartcardSettings
from genesis_smartcard.service import CardReader


class SmartcardPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Which reader, and what is read."""
        return SmartcardSettings

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The card reader, where one is named."""
        rules = pos.settings(SmartcardSettings)
        return [CardReader(rules)] if rules.reader else []


plugin = SmartcardPlugin()
