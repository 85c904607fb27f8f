"""The page of devices: what is there, what it does at this register, and whether it answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from genesis import Act, Cell, DeviceStatus, Query, UserError, hookimpl
from genesis.plugin.app import App
from genesis.shell.pages import devices
from genesis.testkit.stores import as_plugin
from genesis.upkeep import attached
from genesis_printer_escpos.tests.paper import NetworkPaper


class Printer:
    """A printer that can be unplugged."""

    kind = "printer"

    def __init__(self, name: str) -> None:
        self.id, self.title = name, name.title()
        self.there = True
        self.opened = threading.Event()

    def open(self) -> None:
        if not self.there:
            raise OSError("no route to the printer")
        self.opened.set()

    def close(self) -> None:
        """Nothing to let go of."""

    def status(self) -> DeviceStatus:
        return DeviceStatus(ok=self.there, text="paper is low")


class Printers:
    def __init__(self) -> None:
        self.all = [Printer("front"), Printer("kitchen")]

    @hookimpl
    def device_drivers(self) -> list[Any]:
        return self.all


@pytest.fixture
def printers() -> Printers:
    return Printers()


@pytest.fixture
def app(store: Callable[..., App], printers: Printers) -> Any:
    app: Any = store("cash", extra=as_plugin(printers, "printers"))
    app.pos.devices.start()
    return app


def states(app: Any) -> dict[str, str]:
    return {
        row.id: str(Cell.of(row.cells[3]).text) for row in devices.find(app.pos, Query(filters={"show": "here"})).rows
    }


def test_devices_and_ways_to_pay_are_listed_with_how_they_are(app: Any, printers: Printers) -> None:
    for printer in printers.all:
        assert printer.opened.wait(10)
    assert app.pos.devices.test("front").ok  # it was opened by then
    assert app.pos.devices.test("kitchen").ok
    assert states(app) == {"device:front": "Ready", "device:kitchen": "Ready", "method:cash": "Offered"}


def test_what_is_plugged_in_is_listed_with_what_to_type(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    port = attached.Attached(kind="serial", name="/dev/ttyUSB0", text="FT232R", trouble="you may not use it: type this")
    monkeypatch.setattr(attached, "find", lambda: [port])
    (row,) = devices.find(app.pos, Query(filters={"show": "plugged"})).rows
    assert (row.id, Cell.of(row.cells[3]).tone) == ("plugged:serial:/dev/ttyUSB0", "bad")
    wrong, how = devices.drawer(app.pos, row.id).sections
    assert wrong.text == "you may not use it: type this"
    assert "    genesis settings printer_escpos address=/dev/ttyUSB0" in how.text.splitlines()
    assert len(devices.find(app.pos, Query(filters={"show": "here"})).rows) == 3
    assert len(devices.find(app.pos, Query()).rows) == 4


def test_a_printer_is_looked_for_at_an_address(app: Any) -> None:
    paper = NetworkPaper()
    assert devices.look(app.pos, Act(values={"address": paper.address})).tone == "good"
    paper.unplug()
    assert devices.look(app.pos, Act(values={"address": paper.address})).tone == "bad"
    with pytest.raises(UserError, match="address"):
        devices.look(app.pos, Act(values={"address": "-- no --"}))


def test_of_two_printers_one_is_chosen_for_receipts_at_this_register(app: Any) -> None:
    shown = devices.drawer(app.pos, "device:kitchen")
    assert shown.values == {"receipt_printer": ""}
    assert shown.save is not None
    shown.save(app.pos, {"receipt_printer": "1"})
    assert app.pos.devices.of("receipt_printer") == "kitchen"
    row = next(r for r in devices.find(app.pos, Query(filters={"show": "here"})).rows if r.id == "device:kitchen")
    assert row.cells[2] == "Receipts"
    again = devices.drawer(app.pos, "device:kitchen")
    assert again.save is not None
    again.save(app.pos, {"receipt_printer": ""})
    assert app.pos.devices.of("receipt_printer") == ""


def test_a_test_says_what_the_device_says_and_what_is_wrong(app: Any, printers: Printers) -> None:
    done = devices.test(app.pos, Act(rows=("device:front",)))
    assert (done.text, done.tone) == ("paper is low", "good")
    printers.all[0].there = False
    assert devices.test(app.pos, Act(rows=("device:front",))).tone == "bad"
    with pytest.raises(UserError, match="tried by paying"):
        devices.test(app.pos, Act(rows=("method:cash",)))
    assert devices.drawer(app.pos, "method:cash").title == "Cash"
    with pytest.raises(UserError, match="gone"):
        devices.drawer(app.pos, "device:none")
