"""Printers on real lines, and a store that prints on one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from genesis.testkit.stores import as_plugin
from genesis_printer_escpos.tests.paper import NetworkPaper
from tests.probes.price_list.plugin import PriceList


@pytest.fixture
def paper() -> Iterator[NetworkPaper]:
    made = NetworkPaper()
    yield made
    made.unplug()


@pytest.fixture
def app(store: Callable[..., Any], paper: NetworkPaper) -> Any:
    app = store("cash", "receipts", "printer_escpos", extra=as_plugin(PriceList(), "price_list"))
    app.settings.change("printer_escpos", {"address": paper.address, "seconds": 1})
    app.restart()
    return app
