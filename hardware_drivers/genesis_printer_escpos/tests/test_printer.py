"""A printer on a real socket that answers, is out of paper, or stops at a byte: each receipt once at most."""

from __future__ import annotations

import socket
import threading

import pytest

from genesis import receipt_text
from genesis.testkit.stores import as_plugin
from tests.probes.price_list.plugin import PriceList


class Paper:
    """A printer: keeps what is sent, answers DLE EOT 1 and 4, hangs up after `stop_at` bytes of a job."""

    def __init__(self) -> None:
        self.job, self.paper, self.stop_at = bytearray(), True, -1
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        held = b""
        while byte := line.recv(1):
            held += byte
            if held in (b"\x10\x04\x01", b"\x10\x04\x04"):
                line.sendall(b"\x12" if self.paper or held[-1] == 1 else b"\x72")
                held = b""
            elif not b"\x10\x04".startswith(held[:2]):
                self.job += held
                held = b""
                if len(self.job) == self.stop_at:
                    return

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def paper():
    made = Paper()
    yield made
    made.close()


@pytest.fixture
def app(store, paper):
    app = store("cash", "receipts", "printer_escpos", extra=as_plugin(PriceList(), "price_list"))
    app.settings.change("printer_escpos", {"host": "127.0.0.1", "port": paper.port, "seconds": 5})
    app.restart()
    return app


def sell(app):
    app.register.scan("2", 3_000)
    return app.register.pay("cash", 2_000)


def kinds(app):
    return [e.kind for e in app.raw_journal.scan() if e.kind.startswith("printer_escpos.")]


def test_a_sale_is_printed_once(app, paper):
    done = sell(app)
    app.reactor.run_due()
    app.reactor.run_due()
    first = bytes(paper.job)
    assert first.count(done.sale.number.encode()) >= 1
    for line in receipt_text(app.register.document(done.entry)).splitlines():
        assert line.strip().encode("cp858") in first
    assert first.count(b"\x1dV") == 1
    assert kinds(app) == ["printer_escpos.started"]


def test_out_of_paper_nothing_is_sent_and_it_is_printed_later(app, paper):
    paper.paper = False
    sell(app)
    app.reactor.run_due()
    assert not paper.job
    assert "out of paper" in app.reactor.errors["printer_escpos"]
    paper.paper = True
    app.reactor.register._after.clear()
    app.reactor.run_due()
    assert paper.job.count(b"\x1dV") == 1


@pytest.mark.parametrize("stop_at", [1, 2, 40, 200])
def test_cut_off_at_a_byte_it_is_unknown_and_not_sent_again(app, paper, stop_at):
    paper.stop_at = stop_at
    sell(app)
    app.reactor.run_due()
    assert kinds(app) == ["printer_escpos.started", "printer_escpos.unknown"]
    sent = bytes(paper.job)
    app.reactor.run_due()
    assert bytes(paper.job) == sent


def test_stopped_while_printing_it_is_unknown_after_the_start(app, paper):
    done = sell(app)
    app.reactor.run_due()
    sent = bytes(paper.job)
    cursor = app.reactor.register._cursor(app.reactor.register._reactions[0])
    app.raw_journal.set_reaction(cursor, done.entry.pos - 1)  # as after a crash before the cursor was kept
    app.restart()
    app.reactor.run_due()
    assert bytes(paper.job) == sent
    assert kinds(app) == ["printer_escpos.started", "printer_escpos.unknown"]


def test_a_sale_without_a_printer_or_without_paper_wanted_stands(app, paper):
    app.register.scan("1")
    app.register.keep("receipts", "medium", "none")
    app.register.pay("cash")
    app.reactor.run_due()
    assert not paper.job
    paper.close()
    app.restart()
    assert sell(app).sale.total == 999
