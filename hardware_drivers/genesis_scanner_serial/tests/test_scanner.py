"""A scanner on a real pseudo terminal: frames, halves, junk, floods, pulling the cable; every code is accounted for."""

from __future__ import annotations

import os
import queue
import re
import tty
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from genesis_scanner_serial.frames import Frames

LONG = 20  # seconds after which a test gives up; nothing waits so long when all is well


class Cable:
    def __init__(self) -> None:
        self.near, far = os.openpty()
        tty.setraw(self.near)
        tty.setraw(far)
        self.port, self._far = os.ttyname(far), far

    def send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.near, data) :]

    def pull(self) -> None:
        os.close(self.near)
        os.close(self._far)


@pytest.fixture
def cable():
    return Cable()


@pytest.fixture
def app(store, cable):
    app = store("scanner_serial", projector="thread")
    app.settings.change("scanner_serial", {"port": cable.port})
    app.restart()
    return app


@pytest.fixture
def heard(app, cable):
    """Codes as they are heard; the scanner is known to listen when the first one came."""
    codes: queue.Queue[str] = queue.Queue()
    app.pos.devices.on_code(codes.put)
    while True:
        cable.send(b"hello\r")
        try:
            codes.get(timeout=0.1)
        except queue.Empty:
            continue
        break
    cable.send(b"ready\r")
    while codes.get(timeout=LONG) != "ready":
        pass
    return codes


def test_codes_come_whole_however_they_are_cut_and_ended(cable, heard):
    for piece in (b"40063", b"81333931\r", b"\n(01)095\n", b"]C1", b"0109506000134352\x1d10LOT\r\n", "süß\r".encode()):
        cable.send(piece)
    got = [heard.get(timeout=LONG) for _ in range(4)]
    assert got == ["4006381333931", "(01)095", "]C10109506000134352\x1d10LOT", "süß"]


def test_junk_is_left_out_and_counted_and_the_next_code_is_heard(app, cable, heard):
    cable.send(b"\xff\xfe\x80\r\x00\x07\r   \r" + b"9" * 5_000 + b"\r4006381333931\r")
    assert heard.get(timeout=LONG) == "4006381333931"
    assert app.pos.devices._devices["scanner_serial"].driver.frames.dropped == 4


def test_of_a_flood_every_code_is_heard_in_order_or_counted(app, cable, heard):
    sent = [f"{n:013d}" for n in range(5_000)]
    for start in range(0, len(sent), 50):
        cable.send("".join(f"{code}\r" for code in sent[start : start + 50]).encode())
    last = "the end"
    got: list[str] = []
    cable.send(f"{last}\r".encode())
    while not got or got[-1] != last:
        try:
            got.append(heard.get(timeout=0.2))
        except queue.Empty:  # the end itself was among what was left out
            cable.send(f"{last}\r".encode())
            sent.append(last)
    dropped = app.pos.devices.dropped_codes
    assert len(got) + dropped == len(sent) + 1
    numbers = [code for code in got if code != last]
    assert numbers == sorted(numbers)


def test_pulled_out_it_is_down_and_the_house_goes_on(app, cable, heard):
    cable.pull()
    device = app.pos.devices._devices["scanner_serial"]
    while device.known.faults == 0:
        device._stop.wait(0.01)
    assert not app.pos.devices.test("scanner_serial").ok


@given(
    codes=st.lists(
        st.text("0123456789ABCabc()-/ .\x1d", min_size=1, max_size=30).filter(lambda t: t.strip()), max_size=20
    ),
    ends=st.sampled_from([b"\r", b"\n", b"\r\n"]),
    step=st.integers(1, 7),
)
def test_cut_anywhere_the_codes_are_the_same(codes, ends, step):
    stream = b"".join(code.encode() + ends for code in codes)
    frames = Frames()
    got = [code for at in range(0, len(stream), step) for code in frames.feed(stream[at : at + step])]
    assert (got, frames.dropped) == (codes, 0)


def test_the_commands_of_the_readme_are_taken(store):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^genesis settings scanner_serial (\w+)=(\S+)$", readme, re.MULTILINE))
    assert shown == {"port": "/dev/ttyACM0"}
    store("scanner_serial").settings.change("scanner_serial", shown)
