"""`genesis report`: the tables that plugins can tell, on the screen or as a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genesis.cli.context import Commands, Context, command, show, table
from genesis.hooks.given import new_file
from genesis.hooks.tables import all_reports, as_csv, report_of, report_table
from genesis.kernel.counts import many


def add_to(commands: Commands[Any]) -> None:
    """Add the command."""
    report = command(commands, "report", "Print a report, or list which there are", _report,
                     ["genesis report --json", "genesis report batches.waste --since 2026-01-01 --file waste.csv"],
                     data=True)  # fmt: skip
    report.add_argument("name", nargs="?", default="", help="its id; without it they are listed")
    report.add_argument("--since", default="", metavar="DAY", help="first day, such as 2026-01-31")
    report.add_argument("--until", default="", metavar="DAY", help="last day")
    report.add_argument("--file", type=Path, default=None, help="write a new CSV file")


def _report(context: Context, options: argparse.Namespace) -> int:
    with context.open() as app:
        app.projector.catch_up(10)
        if not options.name:
            known = [{"id": one.id, "title": one.title, "plugin": plugin} for plugin, one in all_reports(app.pos)]
            show(known) if options.json else table([(one["id"], one["title"]) for one in known])
            return 0
        report = report_of(app.pos, options.name)
        rows = report_table(app.pos, report, options.since, options.until)
    if options.file is not None:
        new_file(options.file, as_csv(report.columns, rows))
        print(many("{count} row written to", "{count} rows written to", len(rows)), options.file)
    elif options.json:
        show([dict(zip(report.columns, map(str, row), strict=True)) for row in rows])
    else:
        table([report.columns, *(tuple(map(str, row)) for row in rows)])
    return 0
