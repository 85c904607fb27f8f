"""Reads a product list from a spreadsheet (.xlsx): the first sheet, its first row the header."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from genesis import UserError

SHEET = b"PK\x03\x04"  # how a zip, and so a spreadsheet, begins
MOST_FILE = 50 * 1024 * 1024
MOST_COLUMNS = 200


def is_sheet(path: Path) -> bool:
    """Tell whether a file is a spreadsheet, whatever it is called."""
    with path.open("rb") as file:
        return file.read(4) == SHEET


def table(path: Path) -> tuple[list[str], int, Iterator[list[str]]]:
    """Return the header, how many rows there are, and the rows below it as text; UserError where it is none."""
    import openpyxl

    if path.stat().st_size > MOST_FILE:
        raise UserError(f"{path.name} is larger than {MOST_FILE // 2**20} MiB", "save it as CSV", "file")
    try:
        book = openpyxl.load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
        header = [text(cell) for cell in next(lines, ())]
    except Exception as error:  # a zip of anything: its faults come in many kinds
        raise UserError(f"{path.name} is no spreadsheet that can be read", "save it again as .xlsx or as CSV",
                        "file") from error  # fmt: skip
    while header and not header[-1]:
        header.pop()
    if not header:
        raise UserError(f"the first sheet of {path.name} has no header", "give a sheet with a header and rows", "file")
    return header, max(sheet.max_row or 1, 1), ([text(cell) for cell in line[: len(header)]] for line in lines)


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
