"""Answers `device_drivers` with the scale."""

from __future__ import annotations

import msgspec

from genesis import DeviceDriver, Pos, hookimpl
from genesis_scale.models import ScaleSettings
from genesis_scale.service import SerialScale


class ScalePlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Port and protocol."""
        return ScaleSettings

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The scale, where it has a port."""
        rules = pos.settings(ScaleSettings)
        return [SerialScale(rules)] if rules.port else []


plugin = ScalePlugin()
