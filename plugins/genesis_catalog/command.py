"""`genesis import`: a product list from the command line, with a line that moves and a result that can be read."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

import msgspec

from genesis import CliCommand, Pos, agreed as agreed_to, many
from genesis_catalog import layouts
from genesis_catalog.csvfile import FIELDS, head
from genesis_catalog.foreign import SYSTEMS
from genesis_catalog.importer import Problem, Result, run
from genesis_catalog.totals import Totals, shown
from genesis_catalog.undo import undo

SHOWN = 50


def import_products(pos: Pos, arguments: list[str]) -> int:
    """Import a file and say what became of it; the progress line goes to a terminal only.

    Without --yes the totals are shown first, and nothing is written before a person agrees. Exit code 1 where a row was
    refused, the import was stopped or not agreed to, or what is written is not what was agreed to.
    """
    parser = IMPORT.parser()
    parser.add_argument("file", nargs="?", default="")
    for flag in ("--undo", "--dry-run", "--json", "--yes", "--forget"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--map", action="append", default=[], type=_pair)
    asked = parser.parse_args(arguments)
    if asked.undo == bool(asked.file):
        parser.error("give a file to import, or --undo")
    if asked.undo:
        return _take_back(pos, as_json=asked.json)
    if asked.forget:
        return _forget(pos, Path(asked.file))
    agreed = None
    if not (asked.dry_run or asked.yes):
        first = _run(pos, asked, dry_run=True)
        _tell(pos, first, sys.stderr if asked.json else sys.stdout)
        if not agreed_to("Write this?"):
            return 1
        agreed = first.totals
    result = _run(pos, asked, dry_run=asked.dry_run, agreed=agreed)
    if asked.json:
        sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
    else:
        _tell(pos, result, sys.stdout)
    for said in (*result.differing, *(_verdict(result) if result.refused or result.cancelled else ())):
        sys.stderr.write(said + "\n")
    return 1 if result.refused or result.cancelled or result.differing else 0


def _run(pos: Pos, asked: argparse.Namespace, *, dry_run: bool, agreed: Totals | None = None) -> Result:
    with _stopping() as stop:
        return run(pos, Path(asked.file), names=dict(asked.map), dry_run=dry_run, agreed=agreed, progress=_meter(stop))


def _forget(pos: Pos, path: Path) -> int:
    there = layouts.forget(pos, head(path).titles)
    said = "What was said of these columns is forgotten" if there else "Nothing was said of these columns"
    sys.stdout.write(f"{said}\n")
    return 0


def _take_back(pos: Pos, *, as_json: bool) -> int:
    """Take the last import back; exit code 1 where something of it had to stay."""
    with _stopping() as stop:
        result = undo(pos, progress=lambda _done, _total: not stop)
    if as_json:
        sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
    else:
        sys.stdout.write(f"{result.source}: {result.deleted} deleted, {result.restored} as they were before\n")
    for name, why in result.left.items():
        sys.stderr.write(f"Left: {name}: {why}\n")
    return 1 if result.left else 0


def _pair(text: str) -> tuple[str, str]:
    header, sign, field = text.rpartition("=")
    if not sign or not header:
        raise argparse.ArgumentTypeError(f"{text!r} is not HEADER=FIELD")
    return header, field


@contextmanager
def _stopping() -> Iterator[list[bool]]:
    """While it lasts, Ctrl-C asks for a stop after the chunk under way; a second one ends at once."""
    asked: list[bool] = []

    def ask(_number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _meter(stop: list[bool]) -> Any:
    shown = sys.stderr.isatty()

    def meter(rows: int, done: int, size: int) -> bool:
        if shown:
            share = done / size if size else 1.0
            bar = "#" * int(30 * share)
            end = "\n" if done == size else ""
            sys.stderr.write(f"\r[{bar:<30}] {100 * share:3.0f} %  {rows} rows{end}")
            sys.stderr.flush()
        return not stop

    return meter


def _tell(pos: Pos, result: Result, out: TextIO) -> None:
    would = "would be " if result.dry_run else ""
    counted = (f"{result.created} {would}created, {result.changed} {would}changed, {result.unchanged} as they are, "
               f"{result.refused} refused")  # fmt: skip
    lines = [f"Read as a list of {SYSTEMS[result.system].title}"] if result.system else []
    if result.remembered:
        told = ", ".join(f"{title} = {field}" for title, field in result.remembered.items())
        lines.append(f"Columns as they were named before: {told} (--forget forgets them)")
    lines.append(many("{count} row: {told}", "{count} rows: {told}", result.rows, told=counted))
    totals = [f"{what.lower()} {text}" for what, text in shown(pos, result.totals)[2:]]
    lines.append(f"Totals: {', '.join(totals)}")
    if result.begun:
        lines.append(f"Products that have a stock already, which stays: {result.begun} (count them to change it)")
    if result.categories:
        lines.append(f"Categories {would}created: {result.categories}")
    if result.mended:
        lines.append(f"Rows {would}kept without characters that cannot be printed: {result.mended}")
    if result.ignored:
        lines.append(f"Columns left out: {', '.join(result.ignored)}")
    lines += [_line(problem) for problem in result.problems[:SHOWN]]
    if result.refused > SHOWN:
        lines.append(f"... and {result.refused - SHOWN} more (--json lists them)")
    lines += [f"Mended: row {note.row}: {note.reason}" for note in result.notes[:SHOWN]]
    if len(result.notes) > SHOWN:
        lines.append(f"... and {len(result.notes) - SHOWN} more (--json lists them)")
    out.write("\n".join(lines) + "\n")


def _line(problem: Problem) -> str:
    return f"Refused: row {problem.row}: {problem.reason}"


def _verdict(result: Result) -> tuple[str]:
    if result.cancelled:
        return (f"stopped: what came up to row {result.last_row} was kept, nothing after it",)
    return (f"refused rows: {result.refused} of {result.rows}",)


IMPORT = CliCommand(
    name="import",
    summary="Import products from a CSV file or a spreadsheet",
    usage="FILE [--dry-run | --yes | --forget] [--json] [--map HEADER=FIELD]... | --undo [--json]",
    details="CSV in UTF-8 with comma, semicolon or tab, zipped with gzip or not; or the first sheet of an .xlsx. "
    f"Lists of {', '.join(s.title for s in SYSTEMS.values())} are known by their columns. Fields: {', '.join(FIELDS)}. "
    "Totals are shown, and nothing is written before you agree; --map is kept for the next list with these columns.",
    examples=(
        "genesis import products.csv --dry-run",
        "genesis import products.csv.gz --yes",
        "genesis import square-library.xlsx --dry-run",
        "genesis import --undo",
        'genesis import supplier.csv --map "Artikel=name" --map "EAN=codes" --dry-run',
    ),
    run=import_products,
)
