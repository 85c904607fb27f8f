"""Receipts at a real CUPS: the very PDF comes out once, and what stops, is given up or is away is said and listed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from genesis import Act, Cell, Query, UserError, exporter_of
from genesis.testkit.stores import as_plugin
from genesis.upkeep import attached
from genesis_printer_cups.models import CupsSettings
from genesis_printer_cups.service import CupsPrinter, read_queue
from genesis_printer_cups.tests.counterpart import ADMIN, CUPSD, GIVES_UP, STOPS, PrintServer
from genesis_printer_escpos import page
from tests.probes.price_list.plugin import PriceList

PAGE = b"%PDF-1.4 a page"


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintServer]:
    """CUPS; without its parts the tests fail under CI and are skipped loudly elsewhere."""
    missing = [part for part in (str(CUPSD), str(ADMIN), "lp", "lpstat") if shutil.which(part) is None]
    if missing:
        said = f"NO CUPS: {', '.join(missing)} is missing"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    made = PrintServer(tmp_path_factory.mktemp("cups"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def server(_server: PrintServer) -> Iterator[PrintServer]:
    yield _server
    _server.fault("")
    (_server.paper / "hold").unlink(missing_ok=True)
    _server.tell("cancel", "-a", "till")
    _server.tell("cupsenable", "till")
    _server.tell("cupsaccept", "till")


@pytest.fixture
def app(store: Callable[..., Any], server: PrintServer) -> Any:
    app = store("cash", "receipts", "printer_escpos", "printer_cups", extra=as_plugin(PriceList(), "price_list"))
    app.settings.change("printer_cups", {"queue": "till", "server": str(server.socket), "seconds": 5})
    app.restart()
    return app


def driver(at: PrintServer, **more: Any) -> CupsPrinter:
    rules = {"queue": "till", "server": str(at.socket)} | more
    return CupsPrinter(msgspec.convert(rules, CupsSettings), lambda: PAGE)


def sell(app: Any) -> Any:
    app.register.scan("2", 3_000)
    done = app.register.pay("cash", 2_000)
    app.reactor.run_due()
    return done


def listed(app: Any) -> list[tuple[str, str]]:
    return [(row.id, str(Cell.of(row.cells[1]).text)) for row in page.find(app.pos, Query()).rows]


def try_again(app: Any) -> None:
    app.reactor.register._after.clear()  # the pause before the next try
    app.reactor.run_due()


def test_a_receipt_comes_out_once_as_the_pdf_that_it_is_and_a_copy_says_so(app: Any, server: PrintServer) -> None:
    before = len(server.printed)
    done = sell(app)
    app.reactor.run_due()
    written = exporter_of(app.pos, "pdf", "printer").write
    assert server.printed[before:] == [written(app.register.document(done.entry))]
    page.copy(app.pos, Act(rows=(done.sale.number,)))
    app.reactor.run_due()
    assert len(server.printed) == before + 2
    assert server.printed[-1] != server.printed[-2]
    assert listed(app) == []


def test_while_its_queue_is_stopped_nothing_is_sent_and_then_it_is_printed(app: Any, server: PrintServer) -> None:
    before = len(server.printed)
    server.tell("cupsdisable", "-r", "out of paper", "till")
    sell(app)
    said = "its queue is stopped (out of paper): type cupsenable till"
    assert said in app.reactor.errors["printer_escpos"]
    server.tell("cupsenable", "till")
    server.tell("cupsreject", "till")
    try_again(app)
    assert "takes nothing: type cupsaccept till" in app.reactor.errors["printer_escpos"]
    server.tell("cupsaccept", "till")
    try_again(app)
    assert len(server.printed) == before + 1
    assert listed(app) == []


@pytest.mark.parametrize("code", [STOPS, GIVES_UP])
def test_what_the_printer_stops_at_or_gives_up_is_listed_and_not_sent_again(
    app: Any, server: PrintServer, code: str
) -> None:
    before = len(server.printed)
    server.fault(code)
    number = sell(app).sale.number
    server.fault("")
    try_again(app)
    assert listed(app) == [(number, "Perhaps")]
    assert len(server.printed) == before  # by us; what CUPS kept it prints when its queue goes on
    cause = str(Cell.of(page.find(app.pos, Query()).rows[0].cells[2]).text)
    assert "paper jam" in cause


def test_a_job_that_takes_too_long_is_not_known_to_be_printed(server: PrintServer) -> None:
    (server.paper / "hold").touch()
    with pytest.raises(UserError, match="CUPS still has it"):
        driver(server, seconds=1).write(PAGE)


def test_its_states_are_said_and_the_test_prints_a_page(server: PrintServer) -> None:
    printer, before = driver(server), len(server.printed)
    printer.open()
    assert (printer.status().ok, printer.status().text) == (True, "ready")
    assert printer.test().ok
    assert server.printed[before:] == [PAGE]
    server.tell("cupsdisable", "till")
    assert (printer.test().ok, len(server.printed)) == (False, before + 1)


def test_the_pulse_of_a_drawer_is_no_document(server: PrintServer) -> None:
    before = len(server.printed)
    for ask in (lambda printer: printer.write(b"\x1bp\x00\x19\xfa"), lambda printer: printer.sensor()):
        with pytest.raises(UserError, match="receipt printer"):
            ask(driver(server))
    assert len(server.printed) == before


def test_what_is_not_there_is_named_with_what_to_type(
    server: PrintServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConnectionError, match="there is no print queue office: type lpstat -e"):
        driver(server, queue="office").open()
    with pytest.raises(ConnectionError, match="CUPS does not answer: type systemctl start cups"):
        driver(server, server=str(tmp_path / "nobody")).open()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="apt-get install cups cups-client"):
        driver(server).open()


def test_a_server_that_goes_and_comes_back_holds_up_no_sale(app: Any, server: PrintServer) -> None:
    before = len(server.printed)
    server.kill()
    sell(app)
    assert "CUPS does not answer" in app.reactor.errors["printer_escpos"]
    server.start()
    while len(server.printed) == before:  # it is connected again after a while
        assert server.gone() == ""
        try_again(app)
    assert (len(server.printed), listed(app)) == (before + 1, [])


def test_what_lpstat_tells_is_understood() -> None:
    told = "till accepting requests since Fri\nprinter till now printing till-4.  enabled since Fri\n\tConnecting\n"
    queue = read_queue(told)
    assert (queue.enabled, queue.accepts, queue.why, queue.trouble) == (True, True, "Connecting", False)
    assert not read_queue("").enabled
    assert read_queue("printer till is idle.  enabled since Fri\n\t\n\tAlerts: media-empty-error\n").trouble


@pytest.mark.parametrize("wrong", [{"queue": "-d"}, {"queue": "a b"}, {"server": "-h"}, {"server": "a;b"}])
def test_a_queue_or_server_that_is_none_cannot_be_set(store: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(UserError, match=next(iter(wrong))):
        store("receipts", "printer_escpos", "printer_cups").settings.change("printer_cups", wrong)


def test_the_commands_of_the_readme_are_taken(store: Any) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^genesis settings printer_cups (\w+)=(\S+)$", readme, re.MULTILINE))
    assert set(shown) == {"queue", "server"}
    store("receipts", "printer_escpos", "printer_cups").settings.change("printer_cups", shown)


def test_the_queues_are_listed_with_what_sets_them_and_what_stops_them(
    server: PrintServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPS_SERVER", str(server.socket))
    [found] = attached.print_queues()
    assert (found.kind, found.name, found.trouble) == ("print_queue", "till", "")
    assert found.use == ["genesis settings printer_cups queue=till"]
    server.tell("cupsreject", "till")
    assert [one.trouble for one in attached.print_queues()] == ["it takes nothing: type cupsaccept till"]
    server.tell("cupsdisable", "till")
    assert [one.trouble for one in attached.print_queues()] == ["it is stopped: type cupsenable till"]


def test_without_a_print_server_no_queue_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUPS_SERVER", "/nowhere/cups.sock")
    assert attached.print_queues() == []
