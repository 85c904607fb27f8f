"""The drawer on a printer at a real socket: opened once for a sale with cash, soon or not at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from genesis.testkit.stores import as_plugin
from genesis_drawer.models import DrawerSettings
from genesis_drawer.service import pulse
from tests.probes.price_list.plugin import PriceList


class Counter:
    """A printer with a drawer on it: counts the pulses on its pins, answers DLE EOT 1 and 4, may hang or be gone."""

    def __init__(self) -> None:
        self.pulses: list[tuple[int, int, int]] = []
        self.sensor_high, self.hangs = False, threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self._lines.append(line)
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        said = line.makefile("rb")
        try:
            while byte := said.read(1):
                if byte == b"\x10":
                    self._answer(line, said.read(2))
                elif byte == b"\x1b" and said.read(1) == b"p":
                    pin, on, off = said.read(3)
                    self.pulses.append((pin, on * 2, off * 2))
        except OSError:
            return

    def _answer(self, line: socket.socket, question: bytes) -> None:
        if not self.hangs.is_set():
            line.sendall(bytes([0x12 | (0x04 if question == b"\x04\x01" and self.sensor_high else 0)]))

    def unplug(self) -> None:
        with suppress(OSError):  # closing alone would not wake who waits in accept
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for line in self._lines:
            line.close()


@pytest.fixture
def counter() -> Iterator[Counter]:
    made = Counter()
    yield made
    made.unplug()


@pytest.fixture
def app(store: Callable[..., Any], counter: Counter) -> Any:
    app = store("cash", "receipts", "printer_escpos", "drawer", extra=as_plugin(PriceList(), "price_list"))
    app.settings.change("printer_escpos", {"host": "127.0.0.1", "port": counter.port, "seconds": 1})
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


def test_a_sale_with_cash_opens_it_once(app: Any, counter: Counter) -> None:
    sell(app)
    app.reactor.run_due()
    assert counter.pulses == [(0, 100, 200)]
    assert facts(app) == ["drawer.opened", "drawer.kicked"]


def test_a_sale_without_cash_leaves_it_closed(app: Any, counter: Counter) -> None:
    app.register.scan("2")
    app.register.scan("2", -1_000)
    app.register.complete()
    app.reactor.run_due()
    assert counter.pulses == []


def test_by_hand_it_opens_and_the_reason_is_recorded(app: Any, counter: Counter) -> None:
    app.register.open_drawer("change for a note")
    app.reactor.run_due()
    assert counter.pulses == [(0, 100, 200)]
    opened = next(e.fact for e in app.raw_journal.scan() if e.kind == "drawer.opened")
    assert (opened.reason, opened.sale) == ("change for a note", "")


def test_pin_and_pulse_are_those_of_the_settings(app: Any, counter: Counter) -> None:
    app.settings.change("drawer", {"pin": "5", "on_ms": 510, "off_ms": 2})
    app.restart()
    sell(app)
    assert counter.pulses == [(1, 510, 2)]
    assert pulse(DrawerSettings(on_ms=240, off_ms=480)) == b"\x1bp\x00\x78\xf0"


def test_a_sale_made_while_nobody_reacted_does_not_open_it_later(app: Any, counter: Counter) -> None:
    app.register.scan("2")
    app.register.keep("receipts", "medium", "none")
    app.register.pay("cash")
    app.clock.forward(seconds=11)
    app.reactor.run_due()
    assert counter.pulses == []


def test_a_register_that_stopped_while_it_opened_does_not_open_it_again(app: Any, counter: Counter) -> None:
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
def test_a_dead_printer_is_recorded_and_the_sale_stands(app: Any, counter: Counter, fault: str) -> None:
    counter.hangs.set() if fault == "hangs" else counter.unplug()
    sale = sell(app)
    assert sale.number
    stuck = [e.fact for e in app.raw_journal.scan() if e.kind == "drawer.stuck"]
    assert len(stuck) == 1
    assert "printer" in stuck[0].cause


def test_its_state_is_read_back_where_it_has_a_sensor(app: Any, counter: Counter) -> None:
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
