"""The printer on every kind of line: what is sent arrives whole, what is not confirmed is said, unplugged is noticed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from genesis import UserError
from genesis_printer_escpos.models import PrinterSettings
from genesis_printer_escpos.service import EscposPrinter
from genesis_printer_escpos.tests.paper import NetworkPaper, Paper, PtyPaper
from genesis_printer_escpos.wire import UsbPrinter, place, wire
from genesis_receipts.escpos import write

ROWS = [("title", "Café", ""), *[("text", f"Grüner Tee {n}", "3.50 €"[:4]) for n in range(20)], ("text", "Ёлка", "1.00"),
        ("barcode", "R1-1", "")]  # fmt: skip
JOB = write(ROWS, "CP858")


def usb(settings: PrinterSettings) -> UsbPrinter:
    """The kernel's device of a printer cannot be had here; a terminal is read and written in the same way."""
    return UsbPrinter(settings.address, settings.seconds)


LINES: dict[str, tuple[type[Any], Callable[[PrinterSettings], Any]]] = {
    "network": (NetworkPaper, wire), "serial": (PtyPaper, wire), "usb": (PtyPaper, usb),
}  # fmt: skip


@pytest.fixture(params=LINES)
def line(request: pytest.FixtureRequest) -> Iterator[tuple[Paper, Callable[..., EscposPrinter]]]:
    kind, opened = LINES[request.param]
    paper = kind()

    def printer(**rules: Any) -> EscposPrinter:
        settings = PrinterSettings(address=paper.address, **{"seconds": 1} | rules)
        made = EscposPrinter(settings, lambda: JOB, opened)
        made.open()
        return made

    yield paper, printer
    paper.unplug()


def test_a_job_arrives_whole_and_is_confirmed_behind_it(line):
    paper, opened = line
    printer = opened()
    assert printer.status().text == "ready"
    printer.write(JOB)
    assert (paper.cuts, len(paper.dots), paper.bytes) == (1, 1, len(JOB))
    assert "Grüner Tee 7" + "3.50".rjust(30) in paper.lines
    assert paper.bars == [(73, "{BR1-1")]
    paper.near_end, paper.sensor_high = True, True
    assert printer.sensor()
    assert printer.status().ok
    printer.write(JOB)
    paper.offline = True
    assert "cover" in printer.status().text
    printer.close()


def test_silence_behind_a_job_is_no_confirmation(line):
    paper, opened = line
    printer = opened()
    paper.mute.set()
    with pytest.raises(TimeoutError, match="does not answer"):
        printer.write(b"one line\n")
    printer.close()
    quiet = opened(confirms="nothing")
    quiet.write(b"another\n")
    assert "cannot say" in quiet.status().text
    with pytest.raises(UserError, match="cannot be heard"):
        quiet.sensor()
    quiet.close()


def test_a_printer_that_confirms_only_what_it_received_is_asked_for_that(line):
    paper, opened = line
    printer = opened(confirms="received")
    paper._command = lambda *_: pytest.fail("it was asked whether it printed")
    printer.write(b"one line\n")
    printer.close()


def test_unplugged_it_is_noticed(line):
    paper, opened = line
    printer = opened()
    assert printer.status().ok
    paper.unplug()
    with pytest.raises(OSError, match=r"[a-z]"):
        for _ in range(3):  # what is sent first may still be taken by this computer
            printer.write(JOB)
    printer.close()


def test_gone_at_any_byte_of_a_job_it_never_confirms():
    for stop in [0, 1, 2, len(JOB) - 1, len(JOB), *random.Random(7).sample(range(len(JOB)), 25)]:
        paper = NetworkPaper()
        paper.stop_at = stop
        printer = EscposPrinter(PrinterSettings(address=paper.address, seconds=1), lambda: b"")
        printer.open()
        with pytest.raises(OSError, match=r"[a-z]"):
            printer.write(JOB)
        assert paper.bytes == stop
        printer.close()
        paper.unplug()


def test_something_else_that_answers_there_is_no_printer():
    paper = NetworkPaper()
    paper._real_time = lambda _, say: [say(byte) for byte in b"HTTP/1.1 400 Bad Request"]
    printer = EscposPrinter(PrinterSettings(address=paper.address, seconds=1), lambda: b"")
    printer.open()
    with pytest.raises(ConnectionError, match="no receipt printer"):
        printer.status()
    printer.close()
    paper.unplug()


def test_pulled_out_and_plugged_in_again_the_same_port_prints(tmp_path):
    port = tmp_path / "ttyUSB0"
    printer = EscposPrinter(PrinterSettings(address=str(port), seconds=10, flow="xon_xoff"), lambda: b"")
    for _ in range(2):
        paper = PtyPaper(port)
        printer.open()
        printer.write(b"\x1b@one line\n")
        assert paper.lines == ["one line", ""]
        paper.unplug()
        with pytest.raises(OSError, match=r"[a-z]"):
            printer.status()
        printer.close()


def test_a_file_takes_jobs_one_behind_the_other_and_confirms_nothing(tmp_path):
    printer = EscposPrinter(PrinterSettings(address=f"file:{tmp_path / 'out.bin'}"), lambda: b"")
    printer.open()
    assert printer.status().ok
    printer.write(b"one")
    printer.write(b"two")
    printer.close()
    assert (tmp_path / "out.bin").read_bytes() == b"onetwo"


def test_what_this_person_may_not_use_is_said_with_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    node = tmp_path / "lp0"
    node.touch()

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("genesis_printer_escpos.wire.UsbPrinter", refused)
    with pytest.raises(ConnectionError, match="usermod -aG lp"):
        wire(PrinterSettings(address=str(node)))
    monkeypatch.setattr("genesis_printer_escpos.wire.SerialLine", refused)
    with pytest.raises(ConnectionError, match="usermod -aG dialout"):
        wire(PrinterSettings(address="/dev/ttyUSB0"))


@pytest.mark.parametrize(
    ("address", "found"),
    [("192.0.2.10", ("192.0.2.10", 9100)), ("till-printer:9101", ("till-printer", 9101)),
     ("[2001:db8::5]:515", ("2001:db8::5", 515))],
)  # fmt: skip
def test_host_and_port(address, found):
    assert place(address) == found
    with pytest.raises(UserError, match="address"):
        place("host:99999")
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"address": "a b"}, PrinterSettings)
