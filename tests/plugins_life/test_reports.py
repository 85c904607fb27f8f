"""Reports of plugins: whoever may see them finds them by page and by command; days are checked, files are harmless."""

from __future__ import annotations

import csv
import io

import pytest

from genesis import Act, Actor, Report, UserError, hookimpl
from genesis.cli.main import main
from genesis.hooks.pages import Query
from genesis.hooks.tables import all_reports, as_csv, report_of, report_table
from genesis.plugin.discovery import discover
from genesis.shell.pages import reports as page
from genesis.testkit.stores import as_plugin


class Ledger:
    """Two reports, one of which few may see."""

    def __init__(self):
        self.asked = []

    @hookimpl
    def reports(self, pos):
        def run(_pos, parameters):
            self.asked.append(parameters)
            return [("Tea", "1"), ("=1+1", "-2")]

        return [
            Report(id="ledger.open", title="Open items", columns=("Item", "Quantity"), run=run),
            Report(id="ledger.pay", title="Wages", columns=("Who",), run=run, permission="accounts.change"),
        ]


@pytest.fixture
def code():
    return Ledger()


@pytest.fixture
def app(store, code):
    return store("cash", extra=as_plugin(code, "ledger"))


def test_who_may_not_see_a_report_does_not_find_it(app):
    assert [one.id for _, one in all_reports(app.pos)] == ["ledger.open", "ledger.pay"]
    app.pos.permissions.save_role("clerk", ("reports.read",))
    app.actor = Actor(id="ana", name="Ana", roles=("clerk",))
    assert [row.id for row in page.find(app.pos, Query()).rows] == ["ledger.open"]
    with pytest.raises(UserError, match=r"no report 'ledger.pay': use one of: ledger.open") as refused:
        report_of(app.pos, "ledger.pay")
    assert refused.value.field == "report"


def test_days_go_to_the_report_and_what_is_no_day_is_refused(app, code):
    report = report_of(app.pos, "ledger.open")
    report_table(app.pos, report, "2026-01-01", "2026-01-31")
    assert code.asked == [{"since": "2026-01-01", "until": "2026-01-31"}]
    for since, until, field in (
        ("yesterday", "", "since"),
        ("", "2026-02-30", "until"),
        ("2026-02-01", "2026-01-31", "until"),
    ):
        with pytest.raises(UserError) as refused:
            report_table(app.pos, report, since, until)
        assert refused.value.field == field
    assert len(code.asked) == 1


def test_a_file_holds_every_row_and_no_formula(app, tmp_path):
    done = page.write(app.pos, Act(rows=("ledger.open",), values={"file": str(tmp_path / "open.csv")}))
    rows = list(csv.reader(io.StringIO(done.file.read_text(encoding="utf-8"))))
    assert rows == [["Item", "Quantity"], ["Tea", "1"], ["'=1+1", "-2"]]
    with pytest.raises(UserError, match="is there already"):
        page.write(app.pos, Act(rows=("ledger.open",), values={"file": str(tmp_path / "open.csv")}))
    assert as_csv(("a",), []) == b"a\r\n"


def test_the_page_shows_finds_and_prints_them(app):
    assert [row.id for row in page.find(app.pos, Query(text="ITEMS open")).rows] == ["ledger.open"]
    assert page.find(app.pos, Query(text="nothing")).total == 0
    section = page.drawer(app.pos, "ledger.open").sections[0]
    assert (section.columns, section.rows) == (("Item", "Quantity"), (("Tea", "1"), ("=1+1", "-2")))
    done = page.paper(app.pos, Act(rows=("ledger.open",), values={"since": "2026-01-01"}))
    assert ("text", "Tea", "1") in done.document
    assert ("centre", "2026-01-01 – …", "") in done.document


def test_every_report_in_the_house_answers_with_rows_of_its_columns_for_any_days(store):
    usable = [i for i, found in sorted(discover().items()) if found.manifest.default == "on" and not found.fault]
    app = store(*usable)
    known = all_reports(app.pos)
    assert {"stock.attention", "batches.waste", "giftcards.liability"} <= {one.id for _, one in known}
    for _, report in known:
        for days in (("", ""), ("2026-01-01", "2026-12-31")):
            assert all(len(row) == len(report.columns) for row in report_table(app.pos, report, *days))


def test_the_command_lists_and_prints_them(store, capsys):
    app = store("stock", "cash")
    app.close()
    home = ["--home", str(app.home.folder)]
    assert main(["report", *home]) == 0
    assert "stock.attention  Stock that needs attention\n" in capsys.readouterr().out
    assert main(["report", "stock.attention", "--json", *home]) == 0
    assert capsys.readouterr().out == "[]\n"
    assert main(["report", "stock.attention", "--since", "then", *home]) == 1
    assert "since: 'then' is no day" in capsys.readouterr().err
