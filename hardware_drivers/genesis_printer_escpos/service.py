"""The wire of the printer, and printing each receipt once at most."""

from __future__ import annotations

import socket

from genesis import (
    DeviceKind,
    DeviceStatus,
    Entry,
    Fact,
    GuardRefused,
    Once,
    Pos,
    Row,
    SaleCompleted,
    UserError,
    receipt_rows,
)
from genesis.hooks.reporting import exporters
from genesis_printer_escpos.models import PrintStarted, PrintUnknown

ASK_PRINTER, ASK_PAPER = b"\x10\x04\x01", b"\x10\x04\x04"  # DLE EOT n, Epson's reference: real-time status
OFFLINE, PAPER_OUT, SENSOR = 0x08, 0x60, 0x04


class NetworkPrinter:
    """An ESC/POS printer behind a TCP port; confirms by answering a status question after the job."""

    id: str = "printer_escpos"
    title: str = "Receipt printer"
    kind: DeviceKind = "printer"

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._place, self._seconds = (host, port), seconds
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Connect."""
        self._socket = socket.create_connection(self._place, timeout=self._seconds)

    def close(self) -> None:
        """Disconnect."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def status(self) -> DeviceStatus:
        """Ask for online and paper."""
        if self._ask(ASK_PRINTER) & OFFLINE:
            return DeviceStatus(ok=False, text="it is offline: close its cover, press its button")
        if self._ask(ASK_PAPER) & PAPER_OUT:
            return DeviceStatus(ok=False, text="it is out of paper")
        return DeviceStatus(ok=True, text="ready")

    def write(self, data: bytes) -> None:
        """Print, and wait for the printer to answer behind the job."""
        self._line().sendall(data)
        self._ask(ASK_PRINTER)

    def sensor(self) -> bool:
        """Return whether the pin of the drawer's sensor is high."""
        return bool(self._ask(ASK_PRINTER) & SENSOR)

    def _line(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionError("not connected")
        return self._socket

    def _ask(self, question: bytes) -> int:
        self._line().sendall(question)
        answer = self._line().recv(1)
        if not answer:
            raise ConnectionError("the printer hung up")
        if answer[0] & 0x93 != 0x12:
            raise ConnectionError(f"the printer answered {answer[0]:#04x}, which is no status")
        return answer[0]


def print_receipt(pos: Pos, entry: Entry, seconds: float) -> list[Fact]:
    """Print the receipt of a sale once at most; raise where nothing was sent, so that it is tried again."""
    sale = entry.fact
    if not isinstance(sale, SaleCompleted) or sale.sections.get("receipts", {}).get("medium") in {"none", "email"}:
        return []
    if not pos.devices.of("receipt_printer"):
        return []
    data = encode(pos, receipt_rows(sale, entry))
    ready = pos.devices.ask("receipt_printer", lambda printer: printer.status(), seconds).wait()
    if not ready.ok or not ready.value.ok:
        raise UserError(f"the receipt was not printed: {ready.error or ready.value.text}", "", "printer")
    ref = str(entry.ref)
    try:
        pos.journal.append(PrintStarted(of=ref), guards=[Once("printer_escpos", ref)], cause=entry.ref)
    except GuardRefused:
        return [PrintUnknown(of=ref, cause="the register stopped while it was printing")]
    done = pos.devices.ask("receipt_printer", lambda printer: printer.write(data), seconds).wait()
    return [] if done.ok else [PrintUnknown(of=ref, cause=done.error[:200])]


def encode(pos: Pos, rows: list[Row]) -> bytes:
    """Return the bytes of a receipt, as the receipts plugin writes them."""
    for found in pos.hooks.each(exporters)():
        for exporter in found:
            if exporter.medium == "escpos":
                return exporter.write(rows)
    raise UserError("no enabled plugin writes receipts for printers", "enable Receipts", "printer")
