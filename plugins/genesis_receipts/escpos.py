"""ESC/POS bytes of a receipt; python-escpos encodes, nothing here talks to a device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from escpos.printer import Dummy

from genesis import Row, receipt_lines

WIDTH = 42
PAGES = {"CP437": 0, "CP850": 2, "CP858": 19, "CP1252": 16, "CP866": 17}  # ESC t numbers of the usual printers


def write(rows: Sequence[Row], code_page: str, width: int = WIDTH) -> bytes:
    """Return the bytes for a printer of `width` characters, code page pinned; ends with a cut."""
    printer: Any = Dummy(magic_encode_args={"disabled": True, "encoding": code_page})
    printer.hw("INIT")
    printer._raw(b"\x1bt" + bytes([PAGES[code_page]]))  # noqa: SLF001  the library skips it once encoding is pinned
    for style, left, right in rows:
        if style == "barcode":
            printer._raw(_code128(left))  # noqa: SLF001
        elif style == "qr":
            printer.set(align="center")
            printer.qr(left, native=True, size=6)
            printer.set(align="left")
        else:
            printer.set(bold=style in {"bold", "total", "title"})
            for line in receipt_lines((style, left, right), width):
                printer.text(line + "\n")
    printer.set(bold=False)
    printer.cut()
    data: bytes = printer.output
    return data


def _code128(text: str) -> bytes:
    """Centred Code 128 (set B), 60 dots high, without text below (GS h, GS w, GS H, GS k 73)."""
    data = b"{B" + text.encode("ascii", "replace")
    return b"\x1ba\x01\x1dh\x3c\x1dw\x02\x1dH\x00\x1dkI" + bytes([len(data)]) + data + b"\n\x1ba\x00"
