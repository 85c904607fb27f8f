"""Reads product lists as shops have them: their separators and headers, whole or zipped, row by row."""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from genesis import UserError, many
from genesis_catalog import foreign
from genesis_catalog.sheetfile import checked, fault, is_sheet, table

BLOCK = 1 << 20
MOST_LINE = 1 << 24  # bytes; a file without line ends is no table
MOST_ROW = 20_000  # characters; one unclosed quotation mark must not swallow the file
SEPARATORS = (",", ";", "\t")
FIELDS = ("name", "sku", "codes", "department", "category", "unit", "price", "tax", "weighed", "image", "icon",
          "brand", "status", "style", "options", "quantity", "cost", "currency")  # fmt: skip
ALSO_CALLED = {
    "title": "name", "product": "name", "product name": "name", "item": "sku", "article": "sku",
    "article number": "sku", "item number": "sku", "code": "codes", "barcode": "codes", "barcodes": "codes",
    "gtin": "codes", "ean": "codes", "ean13": "codes", "upc": "codes", "group": "category", "categories": "category",
    "uom": "unit", "unit price": "price", "sales price": "price", "tax class": "tax", "by weight": "weighed",
    "qty": "quantity", "stock": "quantity", "on hand": "quantity", "in stock": "quantity", "cost price": "cost",
    "unit cost": "cost", "purchase price": "cost", "picture": "image", "photo": "image", "manufacturer": "brand",
    "currency code": "currency", "price currency": "currency",
}  # fmt: skip
OPTION = "option."  # what the column of an axis of variants begins with
AXES = {"size": "Size", "colour": "Colour", "color": "Colour"}  # known as axes in a list with styles
_OTHER_ENCODINGS = ((codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))


class Survey(NamedTuple):
    """What is known of a file before its rows are read. size: bytes of its text, unzipped; rows of a spreadsheet.

    separator: "" for a spreadsheet. system: which other system wrote it, "" where it is a list of ours.
    """

    path: Path
    size: int
    separator: str
    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    system: str = ""


class Record(NamedTuple):
    """One row. number: its first line in the file, as an editor shows it; done: bytes (rows of a sheet) so far."""

    number: int
    cells: dict[str, str]
    fault: str
    done: int


class Head(NamedTuple):
    """A file that can be read whole, and the titles of its columns; size and separator as of a Survey."""

    path: Path
    size: int
    separator: str
    titles: list[str]


def survey(path: Path, names: Mapping[str, str] | None = None, more: Sequence[str] = ()) -> Survey:
    """Read the whole text once and return what its columns are (`head` and `planned`)."""
    return planned(head(path), names or {}, more)


def head(path: Path) -> Head:
    """Read the whole text once, so that nothing is half imported of a file that cannot be read.

    Raises UserError naming the byte that is not UTF-8.
    """
    try:
        if is_sheet(path):
            sheet = checked(path)
            return Head(path, sheet.size, "", sheet.titles)
        with _open(path) as file:
            size, first = _checked(file, path.name)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(f"{path} cannot be read ({why})", "check the file", "file") from error
    header = first.decode("utf-8-sig", "replace").rstrip("\r\n")
    if not header.strip():
        raise UserError(f"{path.name} has no header", "give a file with a header and rows", "file")
    if "\r" in header:
        raise UserError(f"the lines of {path.name} end with CR alone", "save it as CSV again", "file")
    separator = max(SEPARATORS, key=header.count)
    return Head(path, size, separator, _titles(path, separator))


def _titles(path: Path, separator: str) -> list[str]:
    """Return the titles as they are read above the rows: one in quotation marks may have lines of its own."""
    try:
        with _open(path) as file:
            return next(csv.reader(_Lines(file), delimiter=separator, strict=True))
    except csv.Error as error:
        raise UserError(f"the header of {path.name} cannot be read as CSV ({error})", "correct its first line",
                        "header") from error  # fmt: skip


def planned(file: Head, names: Mapping[str, str], more: Sequence[str] = ()) -> Survey:
    """Return what each column is: as a person says, as another system calls it, as we call it.

    names: header -> field, where the file calls its columns otherwise; more: the fields of other plugins. UserError
    names the column at fault.
    """
    header = file.titles
    titles = [folded(title) for title in header]
    system = foreign.recognised(titles)
    known = (*FIELDS, *more, *(foreign.EXTRA if system else ()))
    said = {folded(name) for name in names}
    theirs = foreign.names_of(system, titles) if system else {}
    called = {title: theirs[plain] for title, plain in zip(header, titles, strict=True)
              if plain in theirs and plain not in said and theirs[plain] not in names.values()}  # fmt: skip
    columns, ignored = _columns(header, {**called, **names}, known)
    return Survey(file.path, file.size, file.separator, columns, ignored, system)


def _checked(file: BinaryIO | gzip.GzipFile, name: str) -> tuple[int, bytes]:
    """Return the size of the text and its first line; UserError where it is no UTF-8 text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = line = 0
    first = b""
    while True:
        block = file.read(BLOCK)
        encoding = next((known for mark, known in _OTHER_ENCODINGS if not size and block.startswith(mark)), "")
        if encoding:
            raise UserError(f"{name} is written in {encoding}", "save it as CSV in UTF-8", "file")
        _decode(decoder, block, size - len(decoder.getstate()[0]), name)
        first = first if b"\n" in first else first + block
        size += len(block)
        line = len(block) - block.rindex(b"\n") if b"\n" in block else line + len(block)
        if line > MOST_LINE:
            raise UserError(f"{name} has a line of more than {MOST_LINE} bytes", "give a table in CSV", "file")
        if not block:
            return size, first.partition(b"\n")[0]


def rows(plan: Survey) -> Iterator[Record]:
    """Yield the rows below the header, one by one; a row that is no row of this table carries its fault."""
    found = _rows_of_sheet(plan) if not plan.separator else _rows_of_text(plan)
    if not plan.system:
        yield from found
        return
    theirs = foreign.Reader(plan.system)
    for record in found:
        cells = {} if record.fault else theirs.row(record.cells)
        if record.fault or cells:
            yield record._replace(cells=cells)


def _rows_of_sheet(plan: Survey) -> Iterator[Record]:
    places = [(place, field) for place, field in enumerate(plan.columns) if field]
    for number, cells in enumerate(table(plan.path).rows, 2):
        if any(cells):
            named = {field: cells[place] for place, field in places if place < len(cells)}
            yield Record(number, named, fault(named), number)


def _rows_of_text(plan: Survey) -> Iterator[Record]:
    with _open(plan.path) as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=plan.separator, strict=True)
        next(reader)
        yield from _records(plan, reader, lines)


def _records(plan: Survey, reader: Iterator[list[str]], lines: _Lines) -> Iterator[Record]:
    width = len(plan.columns)
    places = [(place, field) for place, field in enumerate(plan.columns) if field]
    while True:
        number = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.keep_rest()
            yield Record(number, {}, f"it cannot be read as CSV ({error})", lines.done)
            continue
        if not any(cells):
            continue
        if len(cells) != width:
            what = many(
                "it has {count} cell, the header {width}",
                "it has {count} cells, the header {width}",
                len(cells),
                width=width,
            )
            yield Record(number, {}, what, lines.done)
            continue
        yield Record(number, {field: cells[place] for place, field in places}, "", lines.done)


class _Lines:
    """The lines of the text, counted in lines and bytes; after a fault all but the first of a row come again."""

    def __init__(self, file: BinaryIO | gzip.GzipFile) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._length = 0
        self.number = self.done = 0

    def begin(self) -> int:
        """A row begins; return the number of its first line."""
        self._row, self._length = [], 0
        return self.number + 1

    def keep_rest(self) -> None:
        """The row was none: only its first line is given up."""
        self._again.extendleft(reversed(self._row[1:]))
        self.number -= len(self._row) - 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        self.number += 1
        self._row.append(line)
        self._length += len(line)
        if self._length > MOST_ROW:
            raise csv.Error(f"more than {MOST_ROW} characters: is a quotation mark not closed?")
        return line

    def _read(self) -> str:
        raw = self._file.readline()
        if not raw:
            raise StopIteration
        line = raw.decode("utf-8")
        line = line if self.done else line.removeprefix("\ufeff")
        self.done += len(raw)
        return line


def _open(path: Path) -> BinaryIO | gzip.GzipFile:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    if zipped:
        return gzip.open(path, "rb")
    return path.open("rb")


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, at: int, name: str) -> None:
    """Check one block (an empty one is the end); `at` is where the bytes that the decoder looks at begin."""
    try:
        text = decoder.decode(block, final=not block)
    except UnicodeDecodeError as error:
        found = f"byte {at + error.start} is 0x{error.object[error.start]:02X}"
        raise UserError(f"{name} is not UTF-8: {found}", "save it as CSV in UTF-8", "file") from error
    if "\0" in text:
        place = at + len(text.partition("\0")[0].encode())
        raise UserError(f"{name} is no text: byte {place} is 0x00", "save it as CSV in UTF-8", "file")


def _columns(
    header: list[str], names: Mapping[str, str], known: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the field of each column ("" where it is left out), and the headers left out."""
    titles = [folded(title) for title in header]
    wanted = {folded(name): field for name, field in names.items()}
    for name, field in names.items():
        if field not in known and not field.startswith(OPTION):
            raise UserError(f"map: there is no field {field!r}", f"use one of {', '.join(known)}", "map")
        if folded(name) not in titles:
            raise UserError(f"map: there is no column {name!r}", f"use one of {', '.join(header)[:500]}", "map")
    own = {folded(field): field for field in known}
    taken = {*wanted.values(), *(own[title] for title in titles if title in own and title not in wanted)}
    fields = [wanted.get(t) or own.get(t, "") for t in titles]
    fields = [f or ("" if ALSO_CALLED.get(t, "") in taken else ALSO_CALLED.get(t, ""))
              for f, t in zip(fields, titles, strict=True)]  # fmt: skip
    if "style" in fields:
        fields = [f or _option(plain, title) for f, plain, title in zip(fields, titles, header, strict=True)]
    for field in filter(None, fields):
        if fields.count(field) > 1:
            both = " and ".join(t for t, f in zip(header, fields, strict=True) if f == field)
            raise UserError(f"the columns {both} both are the {field}", "rename one, or use --map", "header")
    if not {"name", "sku", "codes"} & set(fields):
        found = ", ".join(header)[:200]
        raise UserError(f"no column is a name, an SKU or a code (found: {found})", "use --map HEADER=FIELD", "header")
    return tuple(fields), tuple(t for t, f in zip(header, fields, strict=True) if not f)


def _option(plain: str, title: str) -> str:
    """Return the field of a column that says how the variants of a style differ, "" where it is none."""
    named = title.strip()[len(OPTION) :].strip() if plain.startswith(OPTION) else AXES.get(plain, "")
    return f"{OPTION}{named}" if named else ""


def folded(title: str) -> str:
    """Return what a title is compared as."""
    return " ".join(title.replace("_", " ").replace("-", " ").casefold().split())
