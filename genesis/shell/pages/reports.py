"""Reports: the tables that plugins can tell, for the days one asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from genesis.hooks.given import new_file
from genesis.hooks.pages import Act, Column, Done, Drawer, ListPage, PageAction, PageRow, Query, Rows, Section
from genesis.hooks.tables import all_reports, as_csv, report_of, report_table
from genesis.kernel.facts import Row
from genesis.kernel.fields import FieldSpec
from genesis.shell.vm.formats import joined
from genesis.shell.words import _, known, many

if TYPE_CHECKING:
    from genesis.plugin.house import House

SHOWN = 500  # rows in the drawer; a file has them all


def page(_pos: House) -> ListPage:
    """Return the page."""
    days = (FieldSpec(name="since", label=_("From"), kind="date", half=True),
            FieldSpec(name="until", label=_("To"), kind="date", half=True))  # fmt: skip
    file = FieldSpec(name="file", label=_("New file (.csv)"), kind="file", required=True)
    return ListPage(
        columns=(Column(id="title", title=_("Report"), wide=True), Column(id="plugin", title=_("Plugin"), wide=True)),
        rows=find,
        hint=_("Name of a report"),
        drawer=drawer,
        actions=(
            PageAction(id="print", title=_("Print"), icon="printer", permission="reports.read", on="row",
                       run=paper, ask=days),
            PageAction(id="write", title=_("Write to a file"), icon="download", permission="reports.read", on="row",
                       run=write, ask=(file, *days)),
        ),
        empty=_("No plugin has a report"),
    )  # fmt: skip


def find(pos: House, query: Query) -> Rows:
    """Return the reports whose name has the typed words."""
    words = query.text.casefold().split()
    named = [(plugin, one, known(one.title)) for plugin, one in all_reports(pos)]
    found = [row for row in named if all(word in row[2].casefold() for word in words)]
    rows = [PageRow(id=one.id, icon="file-text", cells=(title, known(pos.app.found[plugin].manifest.title)))
            for plugin, one, title in found]  # fmt: skip
    return Rows(rows=tuple(rows[query.offset : query.offset + query.limit]), total=len(rows))


def drawer(pos: House, name: str) -> Drawer:
    """Show a report over all days."""
    report = report_of(pos, name)
    rows = report_table(pos, report)
    title = many("{count} row", "{count} rows", len(rows)) if rows else _("Nothing to report")
    if len(rows) > SHOWN:
        title = many(
            "The first {first} of {count} row; a file has all",
            "The first {first} of {count} rows; a file has all",
            len(rows),
            first=SHOWN,
        )
    cells = tuple(tuple(str(cell) for cell in row) for row in rows[:SHOWN])
    section = Section(title=title, columns=tuple(map(known, report.columns)), rows=cells)
    return Drawer(title=known(report.title), sections=(section,))


def paper(pos: House, act: Act) -> Done:
    """Return a report as a document."""
    report = report_of(pos, act.rows[0])
    since, until = act.values.get("since", ""), act.values.get("until", "")
    rows = report_table(pos, report, since, until)
    days = f"{since or '…'} – {until or '…'}" if since or until else ""
    shown: list[Row] = [("title", known(report.title), "")]
    if days:
        shown.append(("centre", days, ""))
    shown.append(("rule", "", ""))
    shown += [("text", joined(*map(str, row[:-1])), str(row[-1])) for row in rows]
    shown.append(("rule", "", ""))
    shown.append(("text", _("Rows"), str(len(rows))))
    return Done(document=tuple(shown))


def write(pos: House, act: Act) -> Done:
    """Write a report to a new file."""
    report = report_of(pos, act.rows[0])
    rows = report_table(pos, report, act.values.get("since", ""), act.values.get("until", ""))
    path = new_file(Path(act.values["file"]), as_csv(report.columns, rows))
    text = many("{count} row written to {file}", "{count} rows written to {file}", len(rows), file=path.name)
    return Done(text=text, file=path)
