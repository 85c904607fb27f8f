"""Reads a product list from a spreadsheet (.xlsx): the first sheet, its first row the header."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

from genesis import UserError

SHEET = b"PK\x03\x04"  # how a zip, and so a spreadsheet, begins
MOST_FILE = 50 * 1024 * 1024
MOST_UNZIPPED = 1 << 30  # bytes; a file of a few KB can unzip to more than the memory of the machine
MOST_COLUMNS = 200
BLOCK = 1 << 20
ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
FORMULA = "="  # what stands for a formula that was saved without its result


class Sheet(NamedTuple):
    """A sheet: its titles, how many rows it has, and the rows below the header as text."""

    titles: list[str]
    size: int
    rows: Iterator[list[str]]


def is_sheet(path: Path) -> bool:
    """Tell whether a file is a spreadsheet, whatever it is called."""
    with path.open("rb") as file:
        return file.read(4) == SHEET


def checked(path: Path) -> Sheet:
    """Return a sheet that was read whole, so that nothing is half imported of one that is damaged further down."""
    sheet = table(path)
    try:
        for _ in sheet.rows:
            pass
    except Exception as error:  # its faults come in many kinds
        raise _damaged(path) from error
    return sheet


def table(path: Path) -> Sheet:
    """Return a sheet, of which no more than the header is read by now; UserError where it is none."""
    import openpyxl

    if path.stat().st_size > MOST_FILE:
        raise UserError(f"{path.name} is larger than {MOST_FILE // 2**20} MiB", "save it as CSV", "file")
    try:
        data = path.read_bytes()
        with ZipFile(BytesIO(data)) as parts:
            large = sum(part.file_size for part in parts.infolist()) > MOST_UNZIPPED
        if large:
            raise UserError(f"{path.name} unzips to more than {MOST_UNZIPPED // 2**20} MiB", "save it as CSV", "file")
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = sheet.iter_rows(max_col=MOST_COLUMNS)
        header = [text(cell.value) for cell in next(lines, ())]
        formulas = _formulas(data)
    except UserError:
        raise
    except Exception as error:  # a zip of anything: its faults come in many kinds
        raise _damaged(path) from error
    while header and not header[-1]:
        header.pop()
    if not header:
        raise UserError(f"the first sheet of {path.name} has no header", "give a sheet with a header and rows", "file")
    next(formulas)
    rows = (_row(line[: len(header)], said) for line, said in zip(lines, formulas, strict=False))
    return Sheet(header, max(sheet.max_row or 1, 1), rows)


def _damaged(path: Path) -> UserError:
    return UserError(f"{path.name} is no spreadsheet that can be read", "save it again as .xlsx or as CSV", "file")


def _formulas(data: bytes) -> Iterator[Any]:
    """Yield the rows with formulas in place of results; where the sheet has none, nothing without end."""
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(data), read_only=True)
    with ZipFile(BytesIO(data)) as parts, parts.open(book.worksheets[0]._worksheet_path) as file:  # noqa: SLF001
        tail = b""
        while block := file.read(BLOCK):
            if b"<f>" in tail + block or b"<f " in tail + block:
                return iter(book.worksheets[0].iter_rows(max_col=MOST_COLUMNS))
            tail = block[-2:]
    return repeat(())


def _row(line: Any, formulas: Any) -> list[str]:
    """Return the cells of a row as text; a formula without its result is no empty cell, an empty result is one."""
    cells = [text(cell.value) for cell in line]
    for place, cell in enumerate(formulas[: len(cells)]):
        if cell.data_type == "f" and line[place].value is None and line[place].data_type != "str":
            cells[place] = FORMULA
    return cells


def fault(cells: dict[str, str]) -> str:
    """Return why the cells of a row cannot be read, "" where they can: what a sheet could not work out is no text."""
    for field, cell in cells.items():
        if cell == FORMULA:
            return f"{field}: it is a formula that was saved without its result"
        if cell in ERRORS:
            return f"{field}: the sheet could not work it out ({cell})"
    return ""


def text(cell: Any) -> str:
    """Return a cell as a person reads it: whole numbers without a point, others with the 15 digits a sheet keeps."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    return str(cell)
