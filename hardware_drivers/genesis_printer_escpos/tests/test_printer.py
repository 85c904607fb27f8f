"""Printing in a store: each receipt once at most by itself, none lost silently, copies marked as such."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from genesis import Act, Cell, Query, UserError, receipt_text
from genesis.testkit.stores import as_plugin
from genesis_printer_escpos import page
from tests.probes.price_list.plugin import PriceList


def sell(app: Any) -> Any:
    app.register.scan("2", 3_000)
    return app.register.pay("cash", 2_000)


def kinds(app: Any) -> list[str]:
    found = (entry.kind for entry in app.raw_journal.scan() if entry.kind.startswith("printer_escpos."))
    return [kind.removeprefix("printer_escpos.") for kind in found]


def listed(app: Any) -> list[tuple[str, str]]:
    rows = page.find(app.pos, Query()).rows
    return [(row.id, str(Cell.of(row.cells[1]).text)) for row in rows]


def try_again(app: Any) -> None:
    app.reactor.register._after.clear()  # the pause before the next try
    app.reactor.run_due()


def test_a_sale_is_printed_once_as_it_stands(app, paper):
    done = sell(app)
    app.reactor.run_due()
    app.reactor.run_due()
    for line in receipt_text(app.register.document(done.entry)).splitlines():
        assert line in paper.lines
    assert paper.bars == [(73, "{B" + done.sale.number)]
    assert paper.cuts == 1
    assert kinds(app) == ["started"]
    assert listed(app) == []


@pytest.mark.parametrize(("fault", "said"), [("out", "out of paper"), ("offline", "close its cover")])
def test_while_it_cannot_print_nothing_is_sent_and_then_it_is_printed(app, paper, fault, said):
    setattr(paper, fault, True)
    sell(app)
    app.reactor.run_due()
    assert paper.bytes == 0
    assert said in app.reactor.errors["printer_escpos"]
    setattr(paper, fault, False)
    try_again(app)
    assert paper.cuts == 1
    assert kinds(app) == ["started"]


@pytest.mark.parametrize("stop_at", [1, 40, 400])
def test_cut_off_at_a_byte_it_is_not_sent_again_but_listed_and_a_copy_says_so(app, paper, stop_at):
    paper.stop_at = stop_at
    done = sell(app)
    app.reactor.run_due()
    app.reactor.run_due()
    assert paper.bytes == stop_at
    assert kinds(app) == ["started", "unknown"]
    assert listed(app) == [(done.sale.number, "Perhaps")]
    paper.stop_at, paper.lines = -1, [""]
    page.copy(app.pos, Act(rows=(done.sale.number,)))
    while not paper.cuts:  # it is connected again after a while
        try_again(app)
    assert "COPY 1" in paper.lines
    assert listed(app) == []


def test_a_register_that_stopped_while_it_printed_does_not_print_again(app, paper, stores):
    done = sell(app)
    app.reactor.run_due()
    cursor = app.reactor.register._cursor(app.reactor.register._reactions[0])
    app.raw_journal.set_reaction(cursor, done.entry.pos - 1)  # as after a crash before the cursor was kept
    app.close()
    again = stores.open(app, extra=as_plugin(PriceList(), "price_list"))
    again.reactor.run_due()
    assert paper.cuts == 1
    assert kinds(again) == ["started", "unknown"]
    assert listed(again) == [(done.sale.number, "Perhaps")]


def test_what_waited_for_the_printer_is_printed_after_a_restart(app, paper, stores):
    paper.out = True
    done = sell(app)
    app.reactor.run_due()
    app.close()
    paper.out = False
    again = stores.open(app, extra=as_plugin(PriceList(), "price_list"))
    again.reactor.run_due()
    assert done.sale.number in paper.text
    assert (paper.cuts, kinds(again)) == (1, ["started"])


def test_what_waited_too_long_is_listed_instead_and_settled_by_a_person(app, paper):
    paper.out = True
    numbers = [sell(app).sale.number for _ in range(2)]
    app.reactor.run_due()
    app.clock.forward(seconds=601)
    paper.out = False
    try_again(app)
    assert paper.bytes == 0
    assert sorted(listed(app)) == [(number, "No") for number in numbers]
    page.copy(app.pos, Act(rows=(numbers[0],)))
    page.seen(app.pos, Act(rows=(numbers[1],)))
    try_again(app)
    assert listed(app) == []
    assert "COPY 1" in paper.lines
    app.rebuild("printer_escpos_waiting", swap=False)


def test_copies_asked_for_at_the_till_are_printed_and_counted(app, paper):
    number = sell(app).sale.number
    app.reactor.run_due()
    for count in (1, 2):
        app.register.reprint(number)
        app.reactor.run_due()
        assert f"COPY {count}" in paper.lines
    assert paper.cuts == 3


def test_a_sale_without_a_printer_or_without_paper_wanted_stands(app, paper):
    app.register.scan("1")
    app.register.keep("receipts", "medium", "none")
    app.register.pay("cash")
    app.reactor.run_due()
    assert paper.bytes == 0
    paper.unplug()
    app.restart()
    assert sell(app).sale.total == 999
    app.settings.change("printer_escpos", {"address": ""})
    app.restart()
    app.reactor.run_due()
    with pytest.raises(UserError, match="no receipt printer"):
        page.copy(app.pos, Act(rows=("R1-00000001",)))


def test_the_test_of_the_device_prints_every_code_page(app, paper):
    assert app.pos.devices.test("printer_escpos", 20).ok
    rows = {line[:8].strip(): line[8:] for line in paper.lines if line.startswith("CP")}
    assert list(rows) == ["CP437", "CP850", "CP858", "CP1252", "CP866"]
    assert rows["CP858"] == "ÄÖÜß éèñ¿ € ???"
    assert rows["CP866"].endswith("Жук")
    assert "= CP858" in paper.lines
    assert paper.dots
    assert (73, "{BGENESIS-952") in paper.bars
    paper.out = True
    assert "out of paper" in app.pos.devices.test("printer_escpos", 20).text
    assert paper.cuts == 1


@pytest.mark.parametrize("address", ["192.0.2.10", "printer.example:9101", "[2001:db8::5]:9100", "/dev/usb/lp0", "COM3",
                                     "file:/var/spool/till.bin", ""])  # fmt: skip
def test_places_that_a_printer_may_have(app, address):
    app.settings.change("printer_escpos", {"address": address})


@pytest.mark.parametrize("address", ["two words", "http://192.0.2.10", "192.0.2.10:", "file:relative", ":9100"])
def test_a_place_that_is_none_cannot_be_set(app, address):
    with pytest.raises(UserError, match="address"):
        app.settings.change("printer_escpos", {"address": address})


def test_the_commands_of_the_readme_are_taken(app):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^genesis settings printer_escpos (\w+)=(\S+)$", readme, re.MULTILINE)
    assert shown == [("address", "192.0.2.10"), ("address", "/dev/usb/lp0")]
    for name, value in shown:
        app.settings.change("printer_escpos", {name: value})
