"""Answers `device_drivers` with the camera."""

from __future__ import annotations

import msgspec

from genesis import DeviceDriver, Pos, hookimpl
from genesis_scanner_camera.frames import source_of
from genesis_scanner_camera.models import CameraSettings
from genesis_scanner_camera.service import CameraScanner


class CameraPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Where the frames come from."""
        return CameraSettings

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The camera, where it has a source."""
        place = pos.settings(CameraSettings).source
        return [CameraScanner(source_of(place))] if place else []


plugin = CameraPlugin()
