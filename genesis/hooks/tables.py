"""Reports as tables: which there are, their rows for some days, and the rows as a file; tables out of files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genesis.hooks.reporting import reports
from genesis.hooks.values import Report
from genesis.kernel.errors import UserError, blaming

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos

FORMULA = ("=", "+", "@", "\t")  # what a spreadsheet would compute if a text began with it


def all_reports(pos: Pos) -> list[tuple[str, Report]]:
    """Return (plugin, report) of every report that whoever acts may see, by its id."""
    found = [(plugin, one) for plugin, told in pos.hooks.authored(reports)() for one in told]
    return sorted((row for row in found if not pos.permissions.reason(pos.actor, row[1].permission)),
                  key=lambda row: row[1].id)  # fmt: skip


def report_of(pos: Pos, name: str) -> Report:
    """Return a report by its id; UserError where there is none, or it may not be seen."""
    known = {one.id: one for _, one in all_reports(pos)}
    if name not in known:
        raise UserError(f"there is no report {name[:60]!r}", f"use one of: {', '.join(known) or 'none'}", "report")
    return known[name]


def report_table(pos: Pos, report: Report, since: str = "", until: str = "") -> Sequence[tuple[Any, ...]]:
    """Return the rows of a report, from one day to another (ISO dates, both included, "" for any)."""
    for field, day in (("since", since), ("until", until)):
        try:
            _ = day and date.fromisoformat(day)
        except ValueError as error:
            raise UserError(f"{field}: {day[:40]!r} is no day", "write it as 2026-01-31", field) from error
    if since and until and since > until:
        raise UserError("until: it lies before the first day", "turn them round", "until")

    def author() -> str:
        return next((author for author, one in all_reports(pos) if one.id == report.id), report.id)

    with blaming(author, report.id):
        rows = [tuple(row) for row in report.run(pos, {"since": since, "until": until})]
        if any(len(row) != len(report.columns) for row in rows):
            raise ValueError("a row has more or fewer cells than there are columns")
    return rows


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Write a table as CSV (UTF-8); no text becomes a formula in a spreadsheet."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([_harmless(str(cell)) for cell in row] for row in rows)
    return out.getvalue().encode()


@contextmanager
def reading_csv(path: Path) -> Iterator[csv.DictReader[str]]:
    """Read a table out of a CSV file (UTF-8), its first row the titles; UserError where it cannot be read, or on."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield csv.DictReader(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read ({error})", "give a CSV file in UTF-8", "file") from error


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
