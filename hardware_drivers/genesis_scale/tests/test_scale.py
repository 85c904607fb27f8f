"""Scales on real pseudo terminals that speak their protocol: weights, states, half frames, junk, silence, unplugging."""

from __future__ import annotations

import os
import re
import threading
import tty
from pathlib import Path
from typing import ClassVar

import pytest

from genesis import Item, Price, UserError, hookimpl
from genesis.testkit.stores import as_plugin


class Platform:
    """A scale at the other end of a line. grams: what lies on it; state: motion, over, under or silent; raw: answers."""

    def __init__(self) -> None:
        self.grams, self.state, self.raw, self.asked = 250, "", b"", 0
        self._near, far = os.openpty()
        tty.setraw(self._near)
        tty.setraw(far)
        self.port, self._far = os.ttyname(far), far
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        held = b""
        while True:
            try:
                held += os.read(self._near, 64)
            except OSError:
                return
            while held and (taken := self.hear(held)):
                held = held[taken:]

    def hear(self, held: bytes) -> int:
        """Answer what is complete; return how many bytes that was."""
        raise NotImplementedError

    def say(self, data: bytes) -> None:
        self.asked += 1
        if self.state != "silent":
            os.write(self._near, self.raw or data)

    def close(self) -> None:
        for end in (self._near, self._far):
            try:
                os.close(end)
            except OSError:
                pass
        self._near = self._far = -1


class Toledo(Platform):
    BITS: ClassVar = {"motion": 0b1, "over": 0b10, "under": 0b100}

    def hear(self, held: bytes) -> int:
        if held[:1] == b"W":
            if self.state in self.BITS:
                self.say(b"\x02?" + bytes([0x20 | self.BITS[self.state]]) + b"\r")
            else:
                self.say(b"\x02%02d.%03d\r" % divmod(self.grams, 1000))
        return 1


class Dialog(Platform):
    """Wants a price first, refuses with NAK, and tells why when asked."""

    STATES: ClassVar = {"motion": b"20", "over": b"32", "under": b"31"}

    def hear(self, held: bytes) -> int:
        if held.startswith(b"\x04\x05"):
            if self.state in self.STATES:
                self.say(b"\x15")
            else:
                total = self.grams * 100 // 1000
                self.say(b"\x0202\x1b3\x1b%05d\x1b000100\x1b%06d\x03" % (self.grams, total))
            return 2
        end = held.find(b"\x03")
        if held.startswith(b"\x04\x02") and end > 0:
            if held[2:4] == b"01":
                assert held[4:end] == b"\x1b000100\x1b"
                if self.state != "silent":
                    os.write(self._near, b"\x06")
            elif held[2:4] == b"08":
                self.say(b"\x0209\x1b" + self.STATES[self.state] + b"\x03")
            return end + 1
        return 0


class Counter:
    """Sells cheese by the kilogram, saffron by the gram, and eggs by the piece."""

    GOODS: ClassVar = {"cheese": ("kg", 199_900), "saffron": ("g", 85_000), "eggs": ("pcs", 29_900)}

    @hookimpl
    def resolve_code(self, code):
        unit, _ = self.GOODS.get(code, ("", 0))
        return Item(ref=f"counter:{code}", name=code, unit=unit, weighed=unit != "pcs") if unit else None

    @hookimpl
    def base_price(self, item):
        return Price(e4=self.GOODS[item.name][1])


@pytest.fixture(params=[("toledo_8217", Toledo), ("dialog_04", Dialog)], ids=["toledo", "dialog"])
def scale(request):
    made = request.param[1]()
    made.protocol = request.param[0]
    yield made
    made.close()


@pytest.fixture
def app(store, scale):
    app = store("cash", "scale", extra=as_plugin(Counter(), "counter"))
    app.settings.change("scale", {"port": scale.port, "protocol": scale.protocol})
    app.restart()
    return app


def test_what_lies_on_the_scale_is_the_quantity_and_is_priced_to_the_cent(app, scale):
    answer = app.register.scan("cheese")
    assert answer.cart.lines[0].qty == 250
    assert answer.priced.total == 500  # 0.250 kg at 19.99 = 4.9975
    scale.grams = 3
    assert app.register.scan("saffron").cart.lines[1].qty == 3_000
    assert app.register.pay("cash").sale.total == 500 + 2550


def test_pieces_and_typed_quantities_ask_no_scale(app, scale):
    app.register.scan("eggs")
    app.register.scan("cheese", 500)
    assert (scale.asked, [line.qty for line in app.register.cart.lines]) == (0, [1000, 500])


@pytest.mark.parametrize(
    ("state", "grams", "said"),
    [("motion", 250, "not at rest"), ("over", 9, "too heavy"), ("under", 9, "below zero"), ("", 0, "nothing lies")],
)
def test_without_a_weight_nothing_is_rung_up_and_the_sale_goes_on(app, scale, state, grams, said):
    app.register.scan("eggs")
    scale.state, scale.grams = state, grams
    with pytest.raises(UserError, match=said):
        app.register.scan("cheese")
    assert len(app.register.cart.lines) == 1
    scale.state, scale.grams = "", 1234
    assert app.register.scan("cheese").cart.lines[1].qty == 1234


@pytest.mark.parametrize("junk", [b"\x02", b"\x020.2", b"garbage\r", b"\x0200250\r", b"\x02-0.250\r", b"\x020202\x03"])
def test_an_answer_that_cannot_be_read_is_no_weight(app, scale, junk):
    scale.raw = junk
    with pytest.raises(UserError, match="cannot be read"):
        app.register.scan("cheese")
    scale.raw = b""
    assert app.register.scan("cheese").cart.lines[0].qty == 250


def test_what_was_sent_unasked_is_not_taken_for_an_answer(app, scale):
    app.register.scan("cheese")
    os.write(scale._near, b"\x0209.999\r\x06\x0202\x1b3\x1b09999\x1b000100\x1b000999\x03")
    assert app.register.scan("cheese").cart.lines[1].qty == 250


def test_a_silent_or_unplugged_scale_is_said_and_its_weight_can_be_typed(app, scale):
    scale.state = "silent"
    with pytest.raises(UserError, match="does not answer"):
        app.register.scan("cheese")
    scale.close()
    with pytest.raises(UserError, match="was not weighed"):
        app.register.scan("cheese")
    assert app.register.scan("cheese", 400).cart.lines[0].qty == 400
    assert not app.pos.devices.test("scale").ok


def test_the_test_under_devices_weighs(app, scale):
    assert app.pos.devices.test("scale").text == "250 g"
    scale.state = "motion"
    assert "not at rest" in app.pos.devices.test("scale").text


def test_the_commands_of_the_readme_are_taken(app):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^genesis settings scale (\w+)=(\S+)$", readme, re.MULTILINE))
    assert shown == {"port": "/dev/ttyUSB0"}
    app.settings.change("scale", shown)
