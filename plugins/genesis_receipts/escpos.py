"""ESC/POS bytes of receipts and labels; python-escpos encodes, nothing here talks to a device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from escpos.printer import Dummy

from genesis import Row, receipt_lines
from genesis_receipts.direction import mirrored

WIDTH = 42
PAGES = {"CP437": 0, "CP850": 2, "CP858": 19, "CP1252": 16, "CP866": 17}  # ESC t numbers of the usual printers
BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u200e": None, "\u200f": None})  # what figures carry
PROBE = "ÄÖÜß éèñ¿ € Жук"
BOLD = {"bold", "total", "title"}
LETTER, MODULE = 12, 2  # dots of a character, and of the thinnest bar
CODE128, RETAIL = 73, {13: 67, 12: 65, 8: 68}  # GS k m: by the digits of a number for retail


class Job:
    """A print job that grows row by row; `done` cuts the paper and returns its bytes."""

    def __init__(self, code_page: str, width: int = WIDTH, *, mirror: bool = False) -> None:
        self._printer: Any = Dummy(magic_encode_args={"disabled": True, "encoding": code_page})
        self._page, self._width, self._mirror = code_page, width, mirror
        self.raw(b"\x1b@")
        self.page(code_page)

    def raw(self, data: bytes) -> None:
        """Add bytes as they are."""
        self._printer._raw(data)  # noqa: SLF001  the library has no name for it

    def page(self, code_page: str) -> None:
        """Choose how letters are told from now on."""
        self.raw(b"\x1bt" + bytes([PAGES[code_page]]))  # the library skips it once encoding is pinned

    def text(self, row: Row) -> None:
        """Add a row of text, as dots where the code page lacks a letter of it or it reads from the right."""
        style, left, right = row[0], row[1].translate(BLANKS), row[2].translate(BLANKS)
        lines = receipt_lines((style, left, right), self._width)
        if not self._mirror and all(_known(line, self._page) for line in lines):
            self._printer.set(bold=style in BOLD)
            self.raw("".join(f"{line}\n" for line in lines).encode(self._page))
        else:
            from genesis_receipts import raster

            rule = style == "rule"
            self.raw(raster.rule(self._width) if rule else raster.text((style, left, right), self._width,
                                                                       mirror=self._mirror))  # fmt: skip

    def picture(self, data: bytes | None) -> None:
        """Add a picture; one that cannot be read is left out."""
        from genesis_receipts import raster

        self.raw(raster.picture(data, self._width))

    def large(self, text: str) -> None:
        """Add a text of twice the size, where the code page has its letters."""
        lines = receipt_lines(("text", text.translate(BLANKS), ""), self._width // 2)
        if all(_known(line, self._page) for line in lines):
            self.raw(b"\x1d!\x11" + "".join(f"{line}\n" for line in lines).encode(self._page) + b"\x1d!\x00")
        else:
            self.text(("total", text, ""))

    def bars(self, code: str, *, said: bool = False) -> bool:
        """Add centred bars, 60 dots high; False where they have no room. said: with the code below.

        EAN-13, UPC-A or EAN-8 where it is such a number, Code 128 (set B) otherwise (GS h, GS w, GS H, GS k).
        """
        kind, data = RETAIL.get(len(code), 0), code.encode("ascii", "replace")
        if not kind or not _checked(code):
            kind, data = CODE128, b"{B" + data.replace(b"{", b"{{")
            if (11 * len(code) + 35) * MODULE > self._width * LETTER:
                return False
        below = bytes([2 if said else 0])
        self.raw(b"\x1ba\x01\x1dh\x3c\x1dw" + bytes([MODULE]) + b"\x1dH" + below)
        self.raw(b"\x1dk" + bytes([kind, len(data)]) + data + b"\n\x1ba\x00")
        return True

    def qr(self, text: str) -> None:
        """Add a centred QR code."""
        self._printer.set(align="center")
        self._printer.qr(text, native=True, size=6)
        self._printer.set(align="left")

    def done(self, end: bytes | None = None) -> bytes:
        """End the job; returns its bytes. end: what is sent instead of a cut."""
        self._printer.set(bold=False)
        self._printer.cut() if end is None else self.raw(end)
        data: bytes = self._printer.output
        return data


def write(
    rows: Sequence[Row], code_page: str, picture: Callable[[str], bytes | None] = lambda _: None, width: int = WIDTH
) -> bytes:
    """Return the bytes for a printer of `width` characters, code page pinned; ends with a cut.

    picture: bytes of a kept file by its SHA-256.
    """
    job = Job(code_page, width, mirror=mirrored(rows))
    for row in rows:
        if row[0] == "barcode":
            job.bars(row[1])
        elif row[0] == "qr":
            job.qr(row[1])
        elif row[0] == "image":
            job.picture(picture(row[1]))
        else:
            job.text(row)
    return job.done()


def probe(code_page: str) -> bytes:
    """Return a page that shows what a printer prints: every code page by name, dots, bars, and where a row ends."""
    job = Job(code_page)
    for row in (("title", code_page, ""), ("text", "1234567890" * 4 + "12", ""), ("rule", "", "")):
        job.text(row)
    for name in PAGES:
        job.page(name)
        job.raw(f"{name:<8}".encode("ascii") + PROBE.encode(name, "replace") + b"\n")
    job.page(code_page)
    for row in (("bold", f"= {code_page}", ""), ("rule", "", ""), ("text", PROBE, ""), ("text", "مرحبا Ёлка", "")):
        job.text(row)
    job.bars("GENESIS-952", said=True)
    job.qr("GENESIS-952")
    return job.done()


def _known(line: str, code_page: str) -> bool:
    try:
        line.encode(code_page)
    except UnicodeEncodeError:
        return False
    return True


def _checked(code: str) -> bool:
    """Tell whether a code is digits of which the last checks the others (GS1 general specifications, 7.9)."""
    if not (code.isascii() and code.isdigit()):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code))) % 10 == 0
