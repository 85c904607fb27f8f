"""Reads product lists as shops have them: their separators and headers, whole or zipped, row by row."""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple

from genesis import UserError

BLOCK = 1 << 20
MOST_CELL = 100_000  # characters; one unclosed quotation mark must not swallow the file
SEPARATORS = (",", ";", "\t")
FIELDS = ("name", "sku", "codes", "department", "category", "unit", "price", "tax", "weighed", "image", "icon",
          "brand", "status")  # fmt: skip
ALSO_CALLED = {
    "title": "name", "product": "name", "product name": "name", "description": "name", "item": "sku",
    "article": "sku", "article number": "sku", "item number": "sku", "code": "codes", "barcode": "codes",
    "barcodes": "codes", "gtin": "codes", "ean": "codes", "ean13": "codes", "upc": "codes", "group": "category",
    "categories": "category", "uom": "unit", "unit price": "price", "sales price": "price", "tax class": "tax",
    "vat": "tax", "by weight": "weighed", "picture": "image", "photo": "image", "manufacturer": "brand",
}  # fmt: skip
_OTHER_ENCODINGS = ((codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))


class Survey(NamedTuple):
    """What is known of a file before its rows are read. size: bytes of its text, unzipped."""

    path: Path
    size: int
    separator: str
    columns: tuple[str, ...]
    ignored: tuple[str, ...]


class Record(NamedTuple):
    """One row. number: its first line in the file, as an editor shows it; done: bytes of text read so far."""

    number: int
    cells: dict[str, str]
    fault: str
    done: int


def survey(path: Path, names: Mapping[str, str] | None = None) -> Survey:
    """Read the whole text once, so that nothing is half imported of a file that cannot be read.

    names: header -> field, where the file calls its columns otherwise. Raises UserError naming the byte that is
    not UTF-8, or the column at fault.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, first = 0, b""
    try:
        with _open(path) as file:
            while block := file.read(BLOCK):
                if not size and (encoding := next((n for bom, n in _OTHER_ENCODINGS if block.startswith(bom)), "")):
                    raise UserError(f"{path.name} is written in {encoding}", "save it as CSV in UTF-8", "file")
                waiting = len(decoder.getstate()[0])
                _decode(decoder, block, size - waiting, path, final=False)
                first = first if b"\n" in first else first + block
                size += len(block)
        _decode(decoder, b"", size - len(decoder.getstate()[0]), path, final=True)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path} cannot be read ({error})", "check the file", "file") from error
    header = first.decode("utf-8-sig", "replace").partition("\n")[0].strip("\r")
    if not header.strip():
        raise UserError(f"{path.name} is empty", "give a file with a header and rows", "file")
    separator = max(SEPARATORS, key=header.count)
    columns, ignored = _columns(next(csv.reader([header], delimiter=separator)), names or {})
    return Survey(path, size, separator, columns, ignored)


def rows(plan: Survey) -> Iterator[Record]:
    """Yield the rows below the header, one by one; a row that is no row of this table carries its fault."""
    limit = csv.field_size_limit(MOST_CELL)
    try:
        with _open(plan.path) as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=plan.separator, strict=True)
            next(reader)
            yield from _records(plan, reader, lines)
    finally:
        csv.field_size_limit(limit)


def _records(plan: Survey, reader: Iterator[list[str]], lines: _Lines) -> Iterator[Record]:
    width = len(plan.columns)
    places = [(place, field) for place, field in enumerate(plan.columns) if field]
    while True:
        number = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(number, {}, f"it cannot be read as CSV ({error})", lines.done)
            continue
        if not any(cells):
            continue
        if len(cells) != width:
            yield Record(number, {}, f"it has {len(cells)} cells, the header {width}", lines.done)
            continue
        yield Record(number, {field: cells[place] for place, field in places}, "", lines.done)


class _Lines:
    """The lines of the text, counted in lines and bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.number = self.done = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self._file.readline()
        if not raw:
            raise StopIteration
        self.number += 1
        self.done += len(raw)
        line = raw.decode("utf-8")
        return line.removeprefix("\ufeff") if self.number == 1 else line


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    if zipped:
        return gzip.open(path, "rb")
    return path.open("rb")


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, at: int, path: Path, *, final: bool) -> None:
    """Check one block; `at` is where the bytes that the decoder looks at begin."""
    try:
        text = decoder.decode(block, final)
    except UnicodeDecodeError as error:
        place = at + error.start
        raise UserError(
            f"{path.name} is not UTF-8: byte {place} is 0x{error.object[error.start]:02X}",
            "save it as CSV in UTF-8", "file",
        ) from error  # fmt: skip
    if "\0" in text:
        place = at + len(text.partition("\0")[0].encode())
        raise UserError(f"{path.name} is no text: byte {place} is 0x00", "save it as CSV in UTF-8", "file")


def _columns(header: list[str], names: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the field of each column ("" where it is left out), and the headers left out."""
    wanted = {_plain(name): field for name, field in names.items()}
    for name, field in names.items():
        if field not in FIELDS:
            raise UserError(f"map: there is no field {field!r}", f"use one of {', '.join(FIELDS)}", "map")
        if _plain(name) not in map(_plain, header):
            raise UserError(f"map: there is no column {name!r}", f"use one of {', '.join(header)}", "map")
    fields = []
    for title in header:
        plain = _plain(title)
        fields.append(wanted.get(plain) or (plain if plain in FIELDS else ALSO_CALLED.get(plain, "")))
    for field in filter(None, fields):
        if fields.count(field) > 1:
            both = " and ".join(t for t, f in zip(header, fields, strict=True) if f == field)
            raise UserError(f"the columns {both} both are the {field}", "rename one, or use --map", "header")
    if not {"name", "sku", "codes"} & set(fields):
        raise UserError(
            f"no column is a name, an SKU or a code (found: {', '.join(header)[:200]})",
            "name the columns, or use --map HEADER=FIELD", "header",
        )  # fmt: skip
    return tuple(fields), tuple(t for t, f in zip(header, fields, strict=True) if not f)


def _plain(title: str) -> str:
    return " ".join(title.replace("_", " ").replace("-", " ").casefold().split())


Progress = Callable[[int, int, int], bool]  # rows read, bytes read, bytes in all -> whether to go on
