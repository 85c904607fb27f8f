"""Pills say how devices are: what is missing while selling, the printer beside a payment, and what became of them."""

from __future__ import annotations

from typing import Any

from genesis.testkit.stores import as_plugin
from tests.shell.goods import Goods
from tests.shell.test_devices_page import Printers


def test_a_printer_that_goes_is_said_while_selling_and_beside_a_payment(shell: Any, store: Any) -> None:
    printers = Printers()
    printer = printers.all[0]
    house = store("cash", "daylight", extra=as_plugin(Goods(), "goods") | as_plugin(printers, "printers"))
    house.pos.devices.start()
    house.pos.devices.assign("receipt_printer", printer.id)
    driver, _house = shell(house)
    assert printer.opened.wait(5)
    driver.ready()

    def said(slot: str) -> list[tuple[str, str]]:
        return [(pill.text, pill.tone) for pill in driver.desk.till.panels(slot) if not pill.author]

    driver.settle(lambda: said("payment.status") == [("Printer ready", "good")])
    assert said("status.pill") == []
    driver.desk.scan("101")
    driver.press("F12")
    driver.settle(lambda: "pill.0" in driver.window.views["payment"].main._items)
    driver.press("Escape")

    def unplugged(_printer: Any) -> None:
        raise OSError("no route")

    printer.there = False
    house.pos.devices.ask("receipt_printer", unplugged).wait()
    gone = f"{printer.title} is not there"
    driver.settle(lambda: gone in [pill.text for pill in driver.window.cashier.pills], timeout=10)
    assert said("payment.status") == said("status.pill") == [(gone, "bad")]
