"""However narrow the window and however many filters plugins bring: every one can be reached, those in use are in sight."""

from __future__ import annotations

from typing import Any

import pytest

from genesis.demo.store import fill
from genesis.shell.app import Shell
from genesis.shell.preferences import PreferencesFile
from tests.shell.driver import Driver

PLUGINS = ("barcodes", "catalog", "tax", "cash", "stock", "batches", "receipts", "purchasing", "daylight")


@pytest.fixture
def narrow(display: str, store: Any) -> Any:
    app = store(*PLUGINS)
    fill(app)
    made = Shell(app, PreferencesFile(None), computer="en_US")
    driver = Driver(made.window)
    driver.shell = made
    made.window.root.geometry("1024x600+0+0")
    driver.ready()
    yield driver
    made.close()


def test_filters_without_room_are_behind_one_button_and_come_forward_when_used(narrow: Driver) -> None:
    narrow.window.go("catalog.products")
    vm: Any = narrow.desk.screens["catalog.products"]
    narrow.settle(lambda: vm.fetched.total)
    every = vm.fetched.total
    hots = {key for _name, pane in narrow.panes() for key in pane.hots}
    assert "filter.stock.alert" not in hots
    narrow.tap("filter.more")
    narrow.settle(lambda: narrow.desk.dialogs)
    pick: Any = narrow.desk.dialogs[-1]
    narrow.press(*(["Down"] * [one.id for one in pick.choices].index("stock.alert")), "Return")
    narrow.settle(lambda: narrow.desk.dialogs and narrow.desk.dialogs[-1] is not pick)
    narrow.press("Down", "Return")  # the first after All: out of stock
    narrow.settle(lambda: not narrow.desk.dialogs and vm.query.filters.get("stock.alert") == "out")
    narrow.settle(lambda: any("filter.stock.alert" in pane.hots for _name, pane in narrow.panes()))
    narrow.settle(lambda: vm.fetched.total < every)
