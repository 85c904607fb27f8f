"""The scale as a device: it is asked when something is weighed, and an older answer is thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis import DeviceKind, DeviceStatus, UserError
from genesis_scale.models import ScaleSettings
from genesis_scale.wire import WIRES

if TYPE_CHECKING:
    import serial

PATIENCE = 0.4  # seconds for one answer; scales take some 50 ms


class SerialScale:
    """A scale on a serial port, 7 data bits, 1 stop bit."""

    id: str = "scale"
    title: str = "Scale"
    kind: DeviceKind = "scale"

    def __init__(self, rules: ScaleSettings) -> None:
        self._rules, self._wire = rules, WIRES[rules.protocol]
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Open the port."""
        import serial  # only a register with a scale pays for it

        self._port = serial.Serial(self._rules.port, self._wire.baud, bytesize=7, parity=self._wire.parity,
                                   timeout=PATIENCE, write_timeout=PATIENCE, exclusive=True)  # fmt: skip

    def close(self) -> None:
        """Let go of the port."""
        if self._port is not None:
            self._port.close()
        self._port = None

    def status(self) -> DeviceStatus:
        """Weigh, and say what came of it."""
        try:
            return DeviceStatus(ok=True, text=f"{self.weigh()} g")
        except UserError as answer:
            return DeviceStatus(ok=True, text=str(answer))

    def weigh(self) -> int:
        """Return grams at rest, above zero; UserError where there is no such weight now."""
        if self._port is None:
            raise ConnectionError("not connected")
        self._port.reset_input_buffer()  # what came before the question is no answer to it
        return self._wire.weigh(self._port)
