"""A document on the screen goes to the receipt printer by a key, in a worker; what was not printed is said in its sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from genesis import Act, Done, Query
from genesis.shell.pages import reports
from genesis.shell.vm.document import Document
from genesis.testkit.stores import as_plugin
from genesis_printer_escpos.tests.paper import NetworkPaper
from tests.shell.goods import Goods

ROWS = (("title", "Sales by hour", ""), ("text", "09:00", "12.50"))


@pytest.fixture
def paper() -> Iterator[NetworkPaper]:
    made = NetworkPaper()
    yield made
    made.unplug()


def opened(driver: Any, house: Any, done: Done) -> Document:
    driver.desk.done(done, house.pos)
    (sheet,) = driver.desk.dialogs
    assert isinstance(sheet, Document)
    driver.settle()
    return sheet


def test_a_document_is_printed_by_its_key_and_what_was_not_is_said(shell: Any, store: Any, paper: NetworkPaper) -> None:
    house = store("cash", "daylight", "receipts", "printer_escpos", extra=as_plugin(Goods(), "goods"))
    house.settings.change("printer_escpos", {"address": paper.address, "seconds": 1})
    house.restart()
    driver, house = shell(house)
    driver.ready()
    sheet = opened(driver, house, Done(text="Report", document=ROWS))
    driver.press("ctrl+p")
    driver.settle(lambda: driver.desk.toast is not None and driver.desk.toast.text == "Printed")
    assert [line for line in paper.lines if "09:00" in line and "12.50" in line]
    paper.out = True
    driver.tap("print")
    driver.settle(lambda: sheet.error)
    assert sheet.error.startswith("This was not printed: it is out of paper.")
    assert (sheet.printing, paper.cuts) == (False, 1)


def test_where_there_is_no_printer_or_it_goes_there_by_itself_no_key_is_offered(shell: Any, store: Any) -> None:
    driver, house = shell()
    driver.ready()
    sheet = opened(driver, house, Done(text="Report", document=ROWS))
    assert sheet.printer is None
    driver.press("ctrl+p")
    assert driver.desk.dialogs == [sheet]
    assert not any("print" in pane.hots for _, pane in driver.panes())


def test_every_report_can_be_put_on_paper(store: Any) -> None:
    house = store("cash", "till", extra=as_plugin(Goods(), "goods"))
    for row in reports.find(house.pos, Query()).rows:
        act = Act(rows=(row.id,))
        document = reports.paper(house.pos, act).document
        assert document[0][0] == "title"
        assert not reports.paper(house.pos, act).printed
