"""The printer as a device: what it is asked, and what its answers mean."""

from __future__ import annotations

from collections.abc import Callable

from genesis import DeviceKind, DeviceStatus, UserError
from genesis_printer_escpos.models import PrinterSettings
from genesis_printer_escpos.wire import Wire, wire

# Epson's reference: DLE EOT n is answered at once, GS r 1 when everything before it was printed.
ASK_PRINTER, ASK_PAPER, ASK_PRINTED = b"\x10\x04\x01", b"\x10\x04\x04", b"\x1dr\x01"
OFFLINE, PAPER_OUT, SENSOR = 0x08, 0x60, 0x04
STATUS, PRINTED = (0x93, 0x12), (0x90, 0x00)  # bits that tell the answers apart, and how they stand
MOST_STRAYS = 16  # bytes that are no answer after which it is no printer


class EscposPrinter:
    """An ESC/POS printer; it confirms a job by answering a question behind it."""

    id: str = "printer_escpos"
    title: str = "Receipt printer"
    kind: DeviceKind = "printer"

    def __init__(
        self, settings: PrinterSettings, probe: Callable[[], bytes], opened: Callable[[PrinterSettings], Wire] = wire
    ) -> None:
        self._settings, self._probe, self._opened = settings, probe, opened
        self._wire: Wire | None = None

    def open(self) -> None:
        """Connect."""
        self._wire = self._opened(self._settings)

    def close(self) -> None:
        """Disconnect."""
        if self._wire is not None:
            self._wire.close()
        self._wire = None

    def status(self) -> DeviceStatus:
        """Ask for online and paper."""
        if not self._talks():
            return DeviceStatus(ok=True, text="it is there; it cannot say how it is")
        if self._ask(ASK_PAPER, STATUS) & PAPER_OUT:  # without paper it is offline too
            return DeviceStatus(ok=False, text="it is out of paper")
        if self._ask(ASK_PRINTER, STATUS) & OFFLINE:
            return DeviceStatus(ok=False, text="it is offline: close its cover, press its button")
        return DeviceStatus(ok=True, text="ready")

    def test(self) -> DeviceStatus:
        """Print a page that shows what its letters are, where it is ready."""
        found = self.status()
        if found.ok:
            self.write(self._probe())
            text = "a page was sent: the code page whose row reads like the last is the one for Settings, Receipts"
            return DeviceStatus(ok=True, text=text)
        return found

    def write(self, data: bytes) -> None:
        """Print, and wait for the printer to answer behind the job."""
        line = self._line()
        line.send(data)
        if self._talks():
            if self._settings.confirms == "printed":
                self._ask(ASK_PRINTED, PRINTED)
            else:
                self._ask(ASK_PRINTER, STATUS)

    def sensor(self) -> bool:
        """Return whether the pin of the drawer's sensor is high."""
        if not self._talks():
            raise UserError("the printer cannot be heard on this line", "look at the drawer", "printer")
        return bool(self._ask(ASK_PRINTER, STATUS) & SENSOR)

    def _line(self) -> Wire:
        if self._wire is None:
            raise ConnectionError("not connected")
        return self._wire

    def _talks(self) -> bool:
        return self._line().talks and self._settings.confirms != "nothing"

    def _ask(self, question: bytes, form: tuple[int, int]) -> int:
        line = self._line()
        line.send(question)
        for _ in range(MOST_STRAYS):  # what it said of itself meanwhile is passed over
            answer = line.hear()
            if answer is None:
                raise TimeoutError("the printer does not answer")
            if answer & form[0] == form[1]:
                return answer
        raise ConnectionError("what answers there is no receipt printer")
