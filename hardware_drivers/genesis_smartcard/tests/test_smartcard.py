"""Cards at a real pcscd: numbers, files, junk, cards taken away, the service killed; and no bank card is ever touched."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from genesis import UserError
from genesis.kernel import devicedesk
from genesis_smartcard.cards import NoCode, number, text
from genesis_smartcard.models import SmartcardSettings
from genesis_smartcard.service import CardReader
from genesis_smartcard.tests.counterpart import LONG, Card, Service

STORE = "F0474E53495301"
READ = {"reader": "Genesis Test 00 00"}


class Ear:
    """Listens in a thread, as the device desk does."""

    def __init__(self, **rules: Any) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.faults: queue.Queue[str] = queue.Queue()
        self.stop = threading.Event()
        self.reader = CardReader(msgspec.convert(READ | rules, SmartcardSettings))
        while True:  # the service may still be loading its driver
            try:
                self.reader.open()
                break
            except ConnectionError:
                self.stop.wait(0.01)
        self._looked = threading.Event()
        changed = self.reader._changed

        def look(states: Any, patience: int) -> Any:
            found = changed(states, patience)
            self._looked.set()
            return found

        self.reader._changed = look  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self._looked.wait(LONG)  # a card that lies there at the first look is not given

    def _listen(self) -> None:
        try:
            self.reader.listen(self.codes.put, self.stop)
        except Exception as error:
            self.faults.put(str(error))

    def end(self) -> None:
        self.stop.set()
        self._thread.join(LONG)
        assert not self._thread.is_alive()
        self.reader.close()

    def shown(self, service: Service, card: Card) -> str:
        card.lay_on(service.port)
        code = self.codes.get(timeout=LONG)
        taken(card)
        return code

    def silent(self, service: Service, card: Card) -> str:
        """Lay on a card that gives no code; return why."""
        before = self.reader.silent
        card.lay_on(service.port)
        while self.reader.silent == before:
            self.stop.wait(0.005)
        taken(card)
        return self.reader.why


def taken(card: Card) -> None:
    """Take a card away, and wait until the service knows: it looks only now and then."""
    from smartcard import scard

    card.take_away()
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    assert result == scard.SCARD_S_SUCCESS
    names = scard.SCardListReaders(context, [])[1]
    states = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
    while any(state & scard.SCARD_STATE_PRESENT for _, state in states) or not states[0][1]:
        _, found = scard.SCardGetStatusChange(context, LONG * 1_000, states)
        states = [(name, state) for name, state, _atr in found]
    scard.SCardReleaseContext(context)


@pytest.fixture
def ear(service: Service) -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.end()
    assert ear.codes.empty()
    assert ear.faults.empty()


def test_a_card_is_given_once_each_time_it_is_laid_on(ear, service):
    assert ear.shown(service, Card("04A1B2C3D4E5F6")) == "UID:04A1B2C3D4E5F6"
    assert ear.shown(service, Card("DEADBEEF")) == "UID:DEADBEEF"
    assert ear.shown(service, Card("01020304050607080910")) == "UID:01020304050607080910"


def test_a_text_is_read_from_the_stores_own_application(service):
    ear = Ear(application=STORE, file="0A01")
    card = Card("04A1B2C3D4E5F6", {STORE: {"0A01": b"STAFF-17" + b"\xff" * 40}})
    assert ear.shown(service, card) == "CARD:STAFF-17"
    assert [command[:4].hex() for command in card.log] == ["00a40400", "00a4020c", "00b00000"]
    ear.end()


@pytest.mark.parametrize("rules", [{}, {"application": STORE}])
def test_no_bank_card_is_ever_asked_for_its_application(service, rules):
    ear = Ear(**rules)
    bank = {
        aid: {"0001": b"4111111111111111"}
        for aid in ("A0000000031010", "A0000000041010", "325041592E5359532E4444463031")
    }
    card = Card("04A1B2C3D4E5F6", {**bank, STORE: {"0001": b"C-1001"}})
    assert ear.shown(service, card) == ("CARD:C-1001" if rules else "UID:04A1B2C3D4E5F6")
    selected = [command[5 : 5 + command[4]].hex().upper() for command in card.log if command[1] == 0xA4]
    assert selected == ([STORE, "0001"] if rules else [])
    ear.end()


@pytest.mark.parametrize(
    "application",
    ["A0000000031010", "A0000000041010", "D27600002545500200", "325041592E5359532E4444463031", "F00", "F0"],
)
def test_an_application_that_is_not_the_stores_own_cannot_be_set(store, application):
    app = store("smartcard")
    with pytest.raises(UserError, match="application"):
        app.settings.change("smartcard", {"application": application})
    with pytest.raises(NoCode, match="of the store's own"):
        text(pytest.fail, bytes.fromhex(application) if len(application) > 3 else b"", b"\x00\x01")


def test_a_card_that_says_nothing_useful_is_counted_and_the_next_is_heard(ear, service):
    assert "makes up a new number" in ear.silent(service, Card("08A1B2C3"))
    junk = Card("04")
    junk.answers = lambda _command: b"\x90"
    assert ear.silent(service, junk)
    taken = Card("04A1B2C3D4E5F7")
    taken.leaves_at = b"\xff\xca"
    assert ear.silent(service, taken)
    assert len(taken.log) == 1
    assert ear.shown(service, Card("04000000000001")) == "UID:04000000000001"


def test_of_two_readers_a_card_that_was_there_before_belongs_to_no_sale(service):
    lying, new = Card("04A1B2C3D4E5F6"), Card("04000000000002")
    first = Ear(reader="Genesis Test 00 01")
    lying.lay_on(service.port + 1)
    assert first.codes.get(timeout=LONG) == "UID:04A1B2C3D4E5F6"
    first.end()
    both = Ear(reader="genesis test")
    new.lay_on(service.port)
    assert both.codes.get(timeout=LONG) == "UID:04000000000002"
    both.end()
    assert both.codes.empty()
    lying.take_away()
    taken(new)


def test_a_reader_that_is_not_plugged_in_is_named(ear):
    with pytest.raises(ConnectionError, match="no card reader with 'Omnikey' in its name"):
        CardReader(SmartcardSettings(reader="Omnikey")).open()


def told(*answers: str) -> tuple[Any, list[bytes]]:
    """Return a card that gives these answers in turn, and what it was asked."""
    asked: list[bytes] = []
    left = [bytes.fromhex(answer) for answer in answers]

    def send(command: bytes) -> bytes:
        asked.append(command)
        return left.pop(0)

    return send, asked


def test_answers_in_parts_and_of_another_length_are_put_together():
    send, asked = told("6C07", "04A1B2C3D4E5F69000")
    assert number(send) == "UID:04A1B2C3D4E5F6"
    assert [command.hex() for command in asked] == ["ffca000000", "ffca000007"]
    send, asked = told("04A1B26104", "C3D4E5F69000")
    assert number(send) == "UID:04A1B2C3D4E5F6"
    assert asked[1].hex() == "00c0000004"


@pytest.mark.parametrize("answers", [["6D00"], ["9000"], ["0000000000009000"], ["049000"], ["90"], [""], ["6107"] * 9])
def test_what_is_no_number_is_none(answers):
    send, _ = told(*answers)
    with pytest.raises(NoCode):
        number(send)


@pytest.mark.parametrize("held", ["", "FFFFFFFF", "00000000", "41004200", "C3A4", "0D0A", "202020"])
def test_a_file_that_holds_no_text_is_none(held):
    send, _ = told("9000", "9000", f"{held}9000")
    with pytest.raises(NoCode, match="holds no text"):
        text(send, bytes.fromhex(STORE), b"\x00\x01")


def test_the_commands_of_the_readme_are_taken(store):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^genesis settings smartcard (\w+)=(\S+)$", readme, re.MULTILINE)
    assert [name for name, _ in shown] == ["reader", "application", "file", "text"]
    app = store("smartcard")
    for name, value in shown:
        app.settings.change("smartcard", {name: value == "true" if name == "text" else value})


def test_the_service_is_killed_and_comes_back(store, stopped, monkeypatch):
    monkeypatch.setattr(devicedesk, "LONGEST_WAIT", 1.0)  # the test does not wait half a minute for a slow start
    service = stopped
    service.start()
    app = store("customers", "smartcard", projector="thread")
    app.pos.records("customers_customer").save(
        {"name": "Ada", "cards": [{"code": "uid:04a1b2c3d4e5f6"}]}, record_id="ada"
    )
    app.settings.change("smartcard", {"reader": "Genesis Test 00 00"})
    app.restart()
    codes: queue.Queue[str] = queue.Queue()
    app.pos.devices.on_code(codes.put)
    device = app.pos.devices._devices["smartcard"]

    def tapped() -> str:
        while device.known.state != "ready":
            device._stop.wait(0.01)
        card = Card("04A1B2C3D4E5F6")
        while True:  # ready is said just before it listens, and a card that lies there then is not given
            card.lay_on(service.port)
            try:
                return codes.get(timeout=2)
            except queue.Empty:
                taken(card)

    code = tapped()
    assert app.register.scan(code).cart.customer.ref == "customers:ada"
    service.kill()
    while device.known.faults == 0:
        device._stop.wait(0.01)
    assert not app.pos.devices.test("smartcard").ok
    with pytest.raises(ConnectionError, match="install pcscd and start it"):
        CardReader(SmartcardSettings(reader="*")).open()
    service.start()
    assert tapped() == code
