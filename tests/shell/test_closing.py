"""The till is closed on the real window with as few keys and taps as promised, and a long count stays within reach."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from genesis.shell.vm.document import Document
from genesis.shell.vm.form import FormDialog
from genesis.testkit.stores import as_plugin
from genesis_till.models import close
from tests.shell.goods import Goods

EURO = ("500", "200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.02", "0.01")


@pytest.fixture
def selling(shell: Any, store: Any) -> Any:
    """A shop in which one thing was sold for cash, with its window."""
    house = store("cash", "till", "daylight", extra=as_plugin(Goods(), "goods"))
    house.register.scan("101")
    house.register.pay("cash")
    driver, house = shell(house)
    driver.ready()
    return driver, house


def z_report(driver: Any) -> Document:
    driver.settle(lambda: isinstance(driver.desk.top, Document))
    shown = driver.desk.top
    assert isinstance(shown, Document)
    return shown


def kept(house: Any) -> tuple[int, int]:
    """Return what was expected and counted of the only closed shift (minor units)."""
    row = house.pos.db.one(select(close))
    return row.expected, row.counted


def test_closing_takes_three_keys_the_two_letters_and_the_count(selling: Any) -> None:
    driver, house = selling
    driver.press("ctrl+k", "c", "l", "Return")
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    assert "Expected" not in driver.desk.top.detail  # the count is blind
    driver.type("3.45")
    driver.press("Return")
    assert z_report(driver).title == "Z report 1"
    assert kept(house) == (340, 345)
    assert driver.keys == 3 + len("cl") + len("3.45")
    assert driver.taps == 0


def test_closing_takes_three_taps_and_the_count(selling: Any) -> None:
    driver, house = selling
    driver.tap("more")
    driver.tap("row.do till.close")
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    for key in ("pad.3", "pad..", "pad.4", "pad.5"):
        driver.tap(key)
    driver.tap("yes")
    assert z_report(driver).title == "Z report 1"
    assert kept(house) == (340, 345)
    assert (driver.taps, driver.keys) == (3 + len("3.45"), 0)


def test_every_note_and_coin_can_be_reached_by_key_and_by_wheel(selling: Any) -> None:
    driver, house = selling
    house.settings.change("till", {"denominations": list(EURO)})
    driver.window.root.geometry("1024x600")
    driver.settle(lambda: driver.window.root.winfo_width() == 1024)
    driver.desk.dispatch("till.close", driver.window.cashier)
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    sheet, form = driver.window.sheets[driver.desk.top], driver.desk.top.form
    entries = {name: field.entry for name, field in sheet.area_of_form.entries.items()}
    names = [field.name for field in form.fields]
    assert names == list(entries)
    for name in names:
        assert form.focus == name
        driver.settle(lambda on=entries[name]: on.winfo_viewable() and driver.window.root.focus_get() is on)
        driver.desk.key("Tab")
    first, last = entries[names[0]], entries[names[-1]]
    driver.settle(lambda: first.winfo_viewable() and not last.winfo_viewable())
    driver._x("mousemove", first.winfo_rootx() + 30, first.winfo_rooty() + 10)
    driver._x("click", "--repeat", 20, "--delay", 1, 5)
    driver.settle(lambda: last.winfo_viewable() and not first.winfo_viewable())
    driver._x("click", "--repeat", 20, "--delay", 1, 4)
    driver.settle(first.winfo_viewable)


def test_the_keypad_goes_through_the_numbers_and_then_answers(selling: Any) -> None:
    driver, house = selling
    house.settings.change("till", {"denominations": ["2", "0.50"]})
    driver.desk.dispatch("till.close", driver.window.cashier)
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    for key in ("pad.1", "pad.enter", "pad.4", "pad.clear", "pad.3", "pad.enter", "pad.1", "pad.00", "pad.back"):
        driver.tap(key)
    assert driver.desk.top.form.values == {"piece 2": "1", "piece 0.50": "3", "left": "10", "reason": ""}
    for key in ("pad.clear", "pad.3", "pad.enter"):
        driver.tap(key)
    assert z_report(driver).title == "Z report 1"
    assert (kept(house), house.pos.shifts.last()["left"]) == ((340, 350), 300)
