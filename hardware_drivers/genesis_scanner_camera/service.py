"""The camera as a scanner: its frames are read, and a code is given once each time it is shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from genesis import DeviceKind, DeviceStatus, Presence, UserError, many
from genesis_barcodes.pictures import codes_in_frame, readers
from genesis_scanner_camera.frames import FrameSource


class CameraScanner:
    """A scanner made of a source of frames."""

    id: str = "scanner_camera"
    title: str = "Camera"
    kind: DeviceKind = "scanner"

    def __init__(self, source: FrameSource, now: Callable[[], float] = time.monotonic) -> None:
        self._source, self._now = source, now
        self.unreadable = 0  # frames that were no picture

    def open(self) -> None:
        """Connect; UserError where pictures cannot be read here at all."""
        readers()
        self._source.open()

    def close(self) -> None:
        """Disconnect."""
        self._source.close()

    def status(self) -> DeviceStatus:
        """Say what was no picture; a camera cannot be asked."""
        return DeviceStatus(
            ok=True, text=many("{count} unreadable frame", "{count} unreadable frames", self.unreadable)
        )

    def listen(self, on_code: Callable[[str], None], stop: threading.Event) -> None:
        """Give every code away, once a presentation, until told to stop; raise when the camera is gone."""
        shown = Presence(now=self._now)
        for frame in self._source.frames(stop):
            try:
                codes = codes_in_frame(frame)
            except UserError:  # cut off by a camera that was just writing it
                self.unreadable += 1
                continue
            for code in codes:
                if shown.begins(code):
                    on_code(code)
