"""The drawer on a printer at a real socket: opened once for a sale with cash, soon or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from genesis import FactRef
from genesis.testkit.stores import as_plugin
from genesis_drawer.models import DrawerSettings
from genesis_drawer.service import pulse
from genesis_printer_escpos.tests.paper import NetworkPaper
from tests.probes.price_list.plugin import PriceList


@pytest.fixture
def counter() -> Iterator[NetworkPaper]:
    made = NetworkPaper()
    yield made
    made.unplug()


@pytest.fixture
def app(store: Callable[..., Any], counter: NetworkPaper) -> Any:
    app = store("cash", "receipts", "printer_escpos", "drawer", extra=as_plugin(PriceList(), "price_list"))
    app.settings.change("printer_escpos", {"address": counter.address, "seconds": 1})
    app.settings.change("drawer", {"present": True})
    app.restart()
    return app


def sell(app: Any) -> Any:
    app.register.scan("2")
    app.register.keep("receipts", "medium", "none")  # only the drawer is looked at here
    done = app.register.pay("cash", 1_000)
    app.reactor.run_due()
    return done.sale


def facts(app: Any) -> list[str]:
    return [e.kind for e in app.raw_journal.scan() if e.kind.startswith("drawer.")]


def test_a_sale_with_cash_opens_it_once(app: Any, counter: NetworkPaper) -> None:
    sell(app)
    app.reactor.run_due()
    assert counter.pulses == [(0, 100, 200)]
    assert facts(app) == ["drawer.opened", "drawer.kicked"]


def test_a_sale_without_cash_leaves_it_closed(app: Any, counter: NetworkPaper) -> None:
    app.register.scan("2")
    app.register.scan("2", -1_000)
    app.register.complete()
    app.reactor.run_due()
    assert counter.pulses == []


def test_by_hand_it_opens_and_the_reason_is_recorded(app: Any, counter: NetworkPaper) -> None:
    app.register.open_drawer("change for a note")
    app.reactor.run_due()
    assert counter.pulses == [(0, 100, 200)]
    opened = next(e.fact for e in app.raw_journal.scan() if e.kind == "drawer.opened")
    assert (opened.reason, opened.sale) == ("change for a note", "")


def test_cash_in_out_and_to_the_safe_and_a_counted_shift_open_it(app: Any, counter: NetworkPaper) -> None:
    shifts, moves = app.register.shifts, []
    for move in (lambda: shifts.open(5_000), lambda: shifts.move_cash("paid_in", 100, "change"),
                 lambda: shifts.move_cash("paid_out", 100, "milk"), lambda: shifts.move_cash("drop", 100, ""),
                 lambda: shifts.close(4_900)):  # fmt: skip
        move()
        app.reactor.run_due()
        moves.append(len(counter.pulses))
    assert moves == [1, 2, 3, 4, 5]
    kicked = [e for e in app.raw_journal.scan() if e.kind == "drawer.kicked"]
    causes = [app.pos.journal.entry(FactRef.parse(e.fact.of)).kind for e in kicked]
    assert causes == ["shift.opened", "cash.moved", "cash.moved", "cash.moved", "shift.closed"]


def test_a_sale_that_opens_its_shift_opens_the_drawer_once(app: Any, counter: NetworkPaper) -> None:
    sell(app)
    assert len(counter.pulses) == 1
    assert "shift.opened" in [e.kind for e in app.raw_journal.scan()]


def test_pin_and_pulse_are_those_of_the_settings(app: Any, counter: NetworkPaper) -> None:
    app.settings.change("drawer", {"pin": "5", "on_ms": 510, "off_ms": 2})
    app.restart()
    sell(app)
    assert counter.pulses == [(1, 510, 2)]
    assert pulse(DrawerSettings(on_ms=240, off_ms=480)) == b"\x1bp\x00\x78\xf0"


def test_a_sale_made_while_nobody_reacted_does_not_open_it_later(app: Any, counter: NetworkPaper) -> None:
    app.register.scan("2")
    app.register.keep("receipts", "medium", "none")
    app.register.pay("cash")
    app.clock.forward(seconds=11)
    app.reactor.run_due()
    assert counter.pulses == []


def test_a_register_that_stopped_while_it_opened_does_not_open_it_again(app: Any, counter: NetworkPaper) -> None:
    from genesis import Once
    from genesis_drawer.models import DrawerKicked

    app.register.scan("2")
    app.register.keep("receipts", "medium", "none")
    app.register.pay("cash")
    ref = next(str(e.ref) for e in app.raw_journal.scan() if e.kind == "drawer.opened")
    app.journal.append(DrawerKicked(of=ref), guards=[Once("drawer", ref)])
    app.reactor.run_due()
    assert counter.pulses == []
    assert facts(app) == ["drawer.opened", "drawer.kicked", "drawer.stuck"]


@pytest.mark.parametrize("fault", ["hangs", "unplugged"])
def test_a_dead_printer_is_recorded_and_the_sale_stands(app: Any, counter: NetworkPaper, fault: str) -> None:
    counter.mute.set() if fault == "hangs" else counter.unplug()
    sale = sell(app)
    assert sale.number
    stuck = [e.fact for e in app.raw_journal.scan() if e.kind == "drawer.stuck"]
    assert len(stuck) == 1
    assert "printer" in stuck[0].cause


def test_its_state_is_read_back_where_it_has_a_sensor(app: Any, counter: NetworkPaper) -> None:
    assert "not known" in app.pos.devices.test("drawer").text
    app.settings.change("drawer", {"open_is": "high"})
    app.restart()
    assert app.pos.devices.test("drawer").text == "closed"
    counter.sensor_high = True
    assert app.pos.devices.test("drawer").text == "open"
    app.settings.change("drawer", {"open_is": "low"})
    app.restart()
    assert app.pos.devices.test("drawer").text == "closed"


def test_without_a_printer_it_says_what_is_missing(store: Callable[..., Any]) -> None:
    app = store("cash", "drawer", extra=as_plugin(PriceList(), "price_list"))
    app.settings.change("drawer", {"present": True})
    app.restart()
    status = app.pos.devices.test("drawer")
    assert not status.ok
    assert "no receipt printer is set up" in status.text
    app.settings.change("drawer", {"present": False})
    app.restart()
    assert app.pos.devices.all() == []
