"""The scanner as a device: it listens until it is told to stop or the cable is pulled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from genesis import DeviceKind, DeviceStatus, many
from genesis_scanner_serial.frames import Frames
from genesis_scanner_serial.models import ScannerSettings

if TYPE_CHECKING:
    import serial

PATIENCE = 0.2  # seconds after which it looks whether it is to stop


class SerialScanner:
    """A scanner on a serial port, 8N1."""

    id: str = "scanner_serial"
    title: str = "Scanner"
    kind: DeviceKind = "scanner"

    def __init__(self, rules: ScannerSettings) -> None:
        self._rules = rules
        self._port: serial.Serial | None = None
        self.frames = Frames()

    def open(self) -> None:
        """Open the port; what was scanned before is forgotten, as nobody knows for which sale it was."""
        import serial  # only a register with such a scanner pays for it

        self._port = serial.Serial(self._rules.port, self._rules.baud, timeout=PATIENCE, exclusive=True)
        self._port.reset_input_buffer()
        self.frames = Frames()

    def close(self) -> None:
        """Let go of the port."""
        if self._port is not None:
            self._port.close()
        self._port = None

    def status(self) -> DeviceStatus:
        """Say whether the port is open; a scanner cannot be asked."""
        text = many("{count} unreadable code", "{count} unreadable codes", self.frames.dropped)
        return DeviceStatus(ok=self._port is not None, text=text)

    def listen(self, on_code: Callable[[str], None], stop: threading.Event) -> None:
        """Give every code away until told to stop; raise when the scanner is gone."""
        port = self._port
        if port is None:
            raise ConnectionError("not connected")
        while not stop.is_set():
            for code in self.frames.feed(port.read(max(1, port.in_waiting))):
                on_code(code)
