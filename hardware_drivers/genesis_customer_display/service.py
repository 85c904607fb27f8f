"""The display as a device: it is told and never answers, so a broken line is known at the next word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from genesis import DeviceKind, DeviceStatus
from genesis_customer_display.models import CustomerDisplaySettings
from genesis_customer_display.wire import DIALECTS, said

if TYPE_CHECKING:
    import serial

PATIENCE = 1.0  # seconds for two lines; at 9600 bits they take 50 ms


class SerialDisplay:
    """A display of two lines of 20 characters, 8 data bits, no parity. now: what stands there, and of which sale."""

    id: str = "customer_display"
    title: str = "Customer display"
    kind: DeviceKind = "display"

    def __init__(
        self, rules: CustomerDisplaySettings, now: Callable[[], tuple[tuple[str, str], str]] = lambda: (("", ""), "")
    ) -> None:
        self._rules, self._dialect, self._now = rules, DIALECTS[rules.dialect], now
        self._port: serial.Serial | None = None
        self._sale = ""  # whose figures are shown

    def open(self) -> None:
        """Open the port, wipe what may still stand there (an old total is worse than none), and show what is open."""
        import serial  # only a register with a display pays for it

        self._port = serial.Serial(self._rules.port, self._rules.baud, write_timeout=PATIENCE, exclusive=True)
        self._port.write(self._dialect.start)
        self.show(*self._now())

    def close(self) -> None:
        """Let go of the port."""
        if self._port is not None:
            self._port.close()
        self._port = None

    def status(self) -> DeviceStatus:
        """Show both lines full of digits for a look; a display cannot be asked."""
        self.show(("1234567890" * 2, "1234567890" * 2))
        return DeviceStatus(ok=True, text="digits were sent: look whether they are shown")

    def show(self, lines: tuple[str, ...], sale: str = "") -> None:
        """Show the first two lines, the figures of this sale."""
        if self._port is None:
            raise ConnectionError("not connected")
        first, second = (*lines, "", "")[:2]
        self._port.write(said(self._dialect, (first, second)))
        self._sale = sale

    def check(self) -> None:
        """Raise where the port is gone: a display is told seldom, and is blank when it comes back."""
        if self._port is not None:
            _ = self._port.in_waiting

    def finish(self, lines: tuple[str, ...], sale: str) -> None:
        """Show how a sale ended, where its figures still stand there and not already those of the next."""
        if self._sale == sale:
            self.show(lines)
