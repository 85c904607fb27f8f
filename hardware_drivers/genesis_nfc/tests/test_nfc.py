"""Tags over UDP from a process of its own: numbers, texts, junk, a tag that stays, and why a reader cannot be used."""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from genesis import UserError, usb_devices
from genesis_nfc.access import why_not
from genesis_nfc.models import NfcSettings
from genesis_nfc.service import NfcReader
from genesis_nfc.tags import NoCode, number
from genesis_nfc.tests import counterpart

LONG = 20  # seconds after which a test gives up; nothing waits so long when all is well
FOB, STICKER, FELICA = "DEADBEEF", "04A1B2C3D4E5F6", "0123456789ABCDEF"


class Field:
    """The process with the tags."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, counterpart.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self.held = ""  # what was on the last tag when it was taken away

    def lay_on(self, uid: str = "", **more: str) -> list[str]:
        """Put a tag there instead of the last one; return what the last one was asked."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        rate = "212F" if len(uid) == 16 else "106A"
        self._process.stdin.write(json.dumps({"rate": rate, "uid": uid} | more if uid else {}) + "\n")
        self._process.stdin.flush()
        heard: list[str]
        heard, self.held = json.loads(self._process.stdout.readline())
        return heard

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


class Ear:
    """Listens in a thread, as the device desk does."""

    def __init__(self, field: Field, **rules: Any) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.stop, self._told = threading.Event(), 0
        self.reader = NfcReader(msgspec.convert({"reader": f"udp:127.0.0.1:{field.port}"} | rules, NfcSettings))
        self.reader.open()
        self._thread = threading.Thread(target=self.reader.listen, args=(self.codes.put, self.stop), daemon=True)
        self._thread.start()

    def heard(self) -> str:
        return self.codes.get(timeout=LONG)

    def silent(self) -> str:
        """Wait for a tag without a code that was not told of before; return why."""
        while self.reader.silent == self._told:
            self.stop.wait(0.005)
        self._told += 1
        return self.reader.why

    def end(self) -> None:
        self.stop.set()
        self._thread.join(LONG)
        assert not self._thread.is_alive()
        self.reader.close()
        assert self.codes.empty()


@pytest.fixture(scope="module")
def _field() -> Iterator[Field]:
    """The tags; without nfcpy the tests fail under CI and are skipped loudly elsewhere."""
    try:
        import nfc  # noqa: F401
    except (ImportError, OSError) as error:
        said = f"NO NFC: {error}"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    field = Field()
    yield field
    field.end()


@pytest.fixture
def field(_field: Field) -> Iterator[Field]:
    yield _field
    _field.lay_on()


def memory(message: str, length: int | None = None) -> str:
    """Return the blocks of a type 3 tag that holds an NDEF message, all in hexadecimal."""
    data = bytes.fromhex(message)
    head = bytes.fromhex("100101") + (0xFFFF).to_bytes(2, "big") + bytes(5) + b"\x01"
    head += (len(data) if length is None else length).to_bytes(3, "big")
    return (head + sum(head).to_bytes(2, "big") + data + bytes(-len(data) % 16)).hex()


def message(text: str) -> str:
    """Return an NDEF message of one short text record in English."""
    held = b"\x02en" + text.encode()
    return (b"\xd1\x01" + bytes([len(held)]) + b"T" + held).hex()


def test_a_tag_is_given_once_while_it_stays_and_asked_for_nothing_but_its_number(field):
    ear = Ear(field)
    field.lay_on(FELICA)
    assert ear.heard() == f"UID:{FELICA}"
    asked: list[str] = []
    while len(asked) < 5:  # it was met again and again
        asked += field.lay_on(FELICA)
        ear.stop.wait(0.02)
    assert set(asked) == {"0600ffff0100"}  # polling alone
    field.lay_on(STICKER)
    assert ear.heard() == f"UID:{STICKER}"
    assert {frame[:2] for frame in field.lay_on(FOB)} == {"26", "93", "95"}  # anticollision alone
    assert ear.heard() == f"UID:{FOB}"
    ear.end()


def test_tags_that_make_up_their_number_are_counted_and_the_next_is_heard(field):
    ear = Ear(field)
    field.lay_on("01FE000000000001")
    assert "makes up a new number" in ear.silent()
    field.lay_on(FELICA)
    assert ear.heard() == f"UID:{FELICA}"
    assert ear.reader.status().text == "1 tag without a code, the last: the tag makes up a new number each time"
    ear.end()


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"sdd_res": "DEADBEEF"}, "UID:DEADBEEF"),
        ({"sdd_res": "01020304050607080910"}, "UID:01020304050607080910"),
        ({"rid_res": "11480A0B0C0D"}, "UID:0A0B0C0D"),
        ({"rid_res": "1148080B0C0D"}, "UID:080B0C0D"),  # a Topaz tag never makes it up
        ({"sdd_res": "08ADBEEF"}, ""),
        ({"sdd_res": "00000000"}, ""),
        ({"sdd_res": "DEADBE"}, ""),
        ({"sensf_res": "0101FE000000000001"}, ""),
        ({"sensf_res": "0101020304"}, ""),
        ({}, ""),
    ],
)
def test_what_is_a_number(answer, found):
    target = SimpleNamespace(**dict.fromkeys(("sdd_res", "rid_res", "sensf_res")))
    target.__dict__.update({name: bytearray.fromhex(value) for name, value in answer.items()})
    if found:
        assert number(target) == found
    else:
        with pytest.raises(NoCode):
            number(target)


def test_a_text_is_read_and_what_holds_none_is_counted(field):
    ear = Ear(field, text=True)
    field.lay_on(FELICA, memory=memory(message("C-1001")))
    assert ear.heard() == "CARD:C-1001"
    silent = {
        "0000000000000001": "",
        "0000000000000002": memory("d1ff"),
        "0000000000000003": memory(message("schön")),
        "0000000000000004": memory(message("x" * 65)),
        "0000000000000005": memory(message("")),
        "0000000000000006": memory("d1010355026e73"),
    }
    for uid, held in silent.items():
        field.lay_on(uid, memory=held)
        assert ear.silent()
    field.lay_on("0000000000000009", memory=memory(message("S-7")))
    assert ear.heard() == "CARD:S-7"
    assert ear.reader.silent == len(silent)
    ear.end()


def test_a_tag_that_goes_on_without_end_is_left(field):
    ear = Ear(field, text=True)
    field.lay_on(FELICA, memory=memory(message("C-1001"), length=0xFFFF0))  # 65,535 blocks
    assert "too long" in ear.silent()
    reads = [len([*frames]) for kind, frames in groupby(field.lay_on(), lambda frame: frame[2:4]) if kind == "06"]
    assert 90 < max(reads) <= 100  # each time it was met
    ear.end()


OLD, NEW = "+T2.000000000042.000001.00AA", "+T2.000000000042.000002.11BB"
EMPTY = {STICKER: "00" * 12 + "E1101200" + "0103A00C340300FE" + "00" * 136, FELICA: memory("")}


@pytest.mark.parametrize("uid", [STICKER, FELICA])
def test_pulled_away_at_any_step_a_tag_holds_the_old_text_the_new_one_or_none(field, uid):
    """As read in the end by the driver itself; the tags are those of types 2 and 3 of the NFC Forum."""
    reader = NfcReader(msgspec.convert({"reader": f"udp:127.0.0.1:{field.port}", "text": True}, NfcSettings))
    reader.open()
    field.lay_on(uid, memory=EMPTY[uid])
    reader.write(uid, OLD)
    field.lay_on()
    before, found, steps = field.held, "", 0
    while found != NEW:
        field.lay_on(uid, memory=before, writes=str(steps))
        with suppress(UserError):
            reader.write(uid, NEW)
        field.lay_on()
        field.lay_on(uid, memory=field.held)
        try:
            found = reader._text(reader._sense(), threading.Event()).removeprefix(f"UID:{uid}")
        except NoCode:
            found = ""
        assert found in ({OLD} if steps == 0 else {"", NEW})
        steps = steps + 1 if steps < 2 else steps + 5
    assert steps > 3
    reader.close()


def test_only_the_tag_that_is_meant_is_written_and_only_where_it_takes_the_text(field):
    reader = NfcReader(msgspec.convert({"reader": f"udp:127.0.0.1:{field.port}", "text": True}, NfcSettings))
    reader.open()
    field.lay_on("01FE000000000001")
    with pytest.raises(UserError, match="makes up a new number"):
        reader.held()
    field.lay_on(FELICA, memory=EMPTY[FELICA])
    assert reader.held() == FELICA
    with pytest.raises(UserError, match="another tag lies"):
        reader.write(STICKER, NEW)
    head = bytearray.fromhex(memory(""))[:14]
    head[10] = 0  # may be read alone
    for held in ("", (head + sum(head).to_bytes(2, "big")).hex()):
        field.lay_on(FELICA, memory=held)
        with pytest.raises(UserError, match="takes no text"):
            reader.write(FELICA, NEW)
    field.lay_on()
    reader.close()


def test_through_the_desk_a_tag_is_written_while_the_reader_listens_and_is_heard_once(store, field):
    app = store("nfc", projector="thread")
    app.settings.change("nfc", {"reader": f"udp:127.0.0.1:{field.port}", "text": True})
    app.restart()
    codes: queue.Queue[str] = queue.Queue()
    app.pos.devices.on_code(codes.put)
    field.lay_on(FELICA, memory=memory(message(OLD)))
    assert codes.get(timeout=LONG) == f"UID:{FELICA}{OLD}"
    assert app.pos.devices.ask_writer(lambda reader: reader.held()).value == FELICA
    assert app.pos.devices.ask_writer(lambda reader: reader.write(FELICA, NEW)).ok
    field.lay_on()
    assert memory(message(NEW)) == field.held
    field.lay_on("0000000000000009", memory=memory(message("S-7")))
    assert codes.get(timeout=LONG) == "CARD:S-7"  # it listens again, and the first was not given twice


def test_through_the_desk_a_tag_attaches_its_customer_and_a_reader_that_went_comes_back(store, field):
    app = store("customers", "nfc", projector="thread")
    app.pos.records("customers_customer").save({"name": "Ada", "cards": [{"code": f"UID:{FELICA}"}]}, record_id="ada")
    app.settings.change("nfc", {"reader": f"udp:127.0.0.1:{field.port}"})
    app.restart()
    codes: queue.Queue[str] = queue.Queue()
    app.pos.devices.on_code(codes.put)
    field.lay_on(FELICA)
    assert app.register.scan(codes.get(timeout=LONG)).cart.customer.ref == "customers:ada"
    device = app.pos.devices._devices["nfc"]
    device.driver._clf.close()  # as when it is unplugged: nfcpy says ENODEV from now on
    while device.known.faults == 0:
        device._stop.wait(0.01)
    field.lay_on(FOB)
    assert codes.get(timeout=LONG) in {f"UID:{FOB}", f"UID:{FELICA}"}


def test_a_reader_that_is_not_there_is_said(_field):
    with pytest.raises(ConnectionError, match="there is no NFC reader at tty:NONE9:pn532"):
        NfcReader(NfcSettings(reader="tty:NONE9:pn532")).open()
    with pytest.raises(ConnectionError, match="not connected"):
        NfcReader(NfcSettings(reader="udp")).listen(print, threading.Event())


def test_why_a_reader_at_usb_cannot_be_used_is_said_with_what_to_type(tmp_path):
    device, nodes = tmp_path / "devices/1-2", tmp_path / "nodes"
    known = {(0x04E6, 0x5591)}

    def why(known: set[tuple[int, int]] = known) -> str:
        return why_not(known, usb_devices(device.parent, nodes))

    assert why() == "no NFC reader that is known is plugged in"
    interface = device / "1-2:1.0"
    interface.mkdir(parents=True)
    for name, value in {"idVendor": "04e6", "idProduct": "5591", "busnum": "1", "devnum": "23"}.items():
        (device / name).write_text(f"{value}\n")
    assert why({(0x04E6, 0x5592)}) == "no NFC reader that is known is plugged in"
    said = why()
    assert f"you may not use {nodes}/001/023" in said
    assert 'ATTR{idVendor}=="04e6", ATTR{idProduct}=="5591", GROUP="plugdev", MODE="0660" to /etc/udev' in said
    (nodes / "001").mkdir(parents=True)
    (nodes / "001/023").write_text("")
    assert "pcscd as a rule: stop it" in why()
    (tmp_path / "drivers/pn533_usb").mkdir(parents=True)
    (interface / "driver").symlink_to(tmp_path / "drivers/pn533_usb")
    assert "type: modprobe -r pn533_usb" in why()


@pytest.mark.parametrize("reader", ["bluetooth", "usb:1:2:3", "tty:../../etc:pn532", "usb 1"])
def test_a_place_that_is_none_cannot_be_set(store, reader):
    with pytest.raises(UserError, match="reader"):
        store("nfc").settings.change("nfc", {"reader": reader})


def test_the_commands_of_the_readme_are_taken(store):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^genesis settings nfc (\w+)=(\S+)$", readme, re.MULTILINE)
    assert shown == [("reader", "usb"), ("text", "true")]
    app = store("nfc")
    for name, value in shown:
        app.settings.change("nfc", {name: value == "true" if name == "text" else value})
