"""Every driver at once on something that is no good: the sale stands, what is well works on, what comes back is used.

The card reader is left out: its library keeps to the first card service of a process, and its own tests kill theirs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from genesis.testkit.stores import as_plugin
from genesis_customer_display.tests.face import Face
from genesis_printer_escpos.tests.paper import NetworkPaper
from tests.devices.bad import FAULTS, BadHost, BadPort
from tests.probes.price_list.plugin import PriceList

DRIVERS = ("printer_escpos", "drawer", "customer_display", "scale", "scanner_serial", "scanner_camera", "nfc")
LONG = 20


class Till:
    """A till whose devices are all bad until told otherwise."""

    def __init__(self, store: Callable[..., Any], folder: Path, fault: str, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        host = stack.enter_context(closing(BadHost(fault)))
        ports = {name: stack.enter_context(closing(BadPort(fault, folder / name)))
                 for name in ("customer_display", "scale", "scanner_serial")}  # fmt: skip
        self.settings: dict[str, dict[str, Any]] = {
            "printer_escpos": {"address": f"127.0.0.1:{host.port}", "seconds": 1}, "drawer": {"present": True},
            **{name: {"port": port.address} for name, port in ports.items()},
            "scanner_camera": {"source": f"http://127.0.0.1:{host.port}/"},
            "nfc": {"reader": f"udp:127.0.0.1:{host.port}"},
        }  # fmt: skip
        self._store = store

    def open(self) -> Any:
        app = self._store("cash", "barcodes", "receipts", *DRIVERS, extra=as_plugin(PriceList(), "price_list"))
        for plugin, values in self.settings.items():
            app.settings.change(plugin, values)
        app._mode = "thread"
        app.restart()
        return app


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as held:
        yield held


def wait(until: Callable[[], object]) -> None:
    """Wait for something; the suite's own limit ends a wait in vain."""
    tick = threading.Event()
    for _ in range(LONG * 100):
        if until():
            return
        tick.wait(0.01)
    raise AssertionError("it did not come")


@pytest.mark.parametrize("fault", FAULTS)
def test_the_sale_stands_what_is_well_works_on_and_what_comes_back_is_used(store, tmp_path, stack, fault):
    till = Till(store, tmp_path, fault, stack)
    face = Face(tmp_path / "face")
    stack.callback(face.unplug)
    till.settings["customer_display"] = {"port": str(tmp_path / "face")}
    app = till.open()
    app.register.scan("2", 3_000)
    sale = app.register.pay("cash", 2_000).sale
    wait(lambda: "10.01" in face.rows[1])  # the change, while printer and drawer are still being tried
    assert (sale.total, [t.change for t in sale.tenders]) == (999, [1001])
    paper = NetworkPaper()
    stack.callback(paper.unplug)
    app.settings.change("printer_escpos", {"address": paper.address})
    app.jobs.soon("devices")
    wait(lambda: paper.cuts)  # the receipt that waited
    assert sale.number in paper.text
    bad = stack.enter_context(closing(BadPort(fault, tmp_path / "bad")))
    app.settings.change("customer_display", {"port": bad.address})
    app.jobs.soon("devices")
    app.register.scan("2", 2_000)
    last = app.register.pay("cash").sale
    wait(lambda: paper.cuts == 2)
    assert (last.total, last.number in paper.text) == (666, True)
    app.close()
