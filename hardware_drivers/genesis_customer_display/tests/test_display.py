"""A display on a real pseudo terminal that interprets what it is sent, in both dialects; gone, hanging and back again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from genesis import Item, Price, UserError, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_customer_display.lines import _row
from genesis_customer_display.tests.face import Face


class Counter:
    """Sells a few things."""

    GOODS: ClassVar = {"tea": ("Grüner\x1bQATee aus Darjeeling", 45_000), "pen": ("Pen", 12_500)}

    @hookimpl
    def resolve_code(self, code):
        return Item(ref=f"counter:{code}", name=self.GOODS[code][0]) if code in self.GOODS else None

    @hookimpl
    def base_price(self, item):
        return Price(e4=self.GOODS[item.ref.removeprefix("counter:")][1])


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "display"


@pytest.fixture
def face(link: Path) -> Iterator[Face]:
    made = Face(link)
    yield made
    made.unplug()


@pytest.fixture
def opened(store: Callable[..., Any], link: Path) -> Callable[..., Any]:
    def make(**rules: Any) -> Any:
        app = store("cash", "customer_display", extra=as_plugin(Counter(), "counter"))
        app.settings.change("customer_display", {"port": str(link)} | rules)
        app.restart()
        app.pos.devices.start()
        return app

    return make


@pytest.mark.parametrize("dialect", ["epson", "cd5220"])
def test_items_total_and_change_are_shown(opened, face, dialect):
    app = opened(dialect=dialect, welcome="Moin")
    assert face.shows("Moin", "")
    app.register.scan("pen")
    assert face.shows("Pen             1.25", "Total           1.25")
    app.register.scan("tea", 2_000)
    assert face.shows("2 x Grüner QATe 9.00", "Total          10.25")
    app.register.pay("cash", 2_000)
    app.reactor.run_due()
    assert face.shows("Total          10.25", "Change          9.75")
    app.register.scan("pen")
    assert face.shows("Pen             1.25", "Total           1.25")
    app.register.cancel()
    assert face.shows("Moin", "")


def test_words_and_marks_are_those_of_the_store(opened, face):
    app = opened()
    app.settings.change("store", {"language": "de"})
    app.register.scan("pen")
    assert face.shows("Pen             1,25", "Summe           1,25")
    app.register.pay("cash", 200)
    app.reactor.run_due()
    assert face.shows("Summe           1,25", "Rückgeld        0,75")


def test_a_display_that_is_gone_holds_up_no_sale_and_shows_the_next_change_when_it_is_back(opened, face, link):
    app = opened()
    app.register.scan("pen")
    assert face.shows("Pen             1.25", "Total           1.25")
    face.unplug()
    link.unlink()
    assert app.register.scan("pen").priced.total == 250
    device = app.pos.devices._devices["customer_display"]
    while device.known.faults == 0:
        device._stop.wait(0.01)
    assert app.register.pay("cash", 250).sale.total == 250
    app.reactor.run_due()
    again = Face(link)
    while device.known.state != "ready":
        device._stop.wait(0.01)
    assert again.shows("", "")  # what ended while it was away is not shown any more
    app.register.scan("tea")
    assert again.shows("Grüner QATee au 4.50", "Total           4.50")
    again.unplug()
    last = Face(link)
    assert last.shows("Grüner QATee au 4.50", "Total           4.50")  # the open cart, also after the plug was pulled
    last.unplug()


def test_after_a_restart_and_at_a_new_port_it_shows_the_open_cart(opened, face, tmp_path):
    app = opened()
    app.register.scan("pen")
    assert face.shows("Pen             1.25", "Total           1.25")
    app.restart()
    app.pos.devices.start()
    assert face.shows("Pen             1.25", "Total           1.25")
    other = Face(tmp_path / "other")
    app.settings.change("customer_display", {"port": str(tmp_path / "other")})
    app.jobs.soon("devices")
    app.jobs.run_due()
    assert other.shows("Pen             1.25", "Total           1.25")
    other.unplug()


def test_how_a_sale_ended_never_covers_the_next(opened, face):
    app = opened()
    app.register.scan("pen")
    app.register.pay("cash", 200)
    app.register.scan("tea")
    app.reactor.run_due()
    app.register.scan("pen")
    assert face.shows("Pen             1.25", "Total           5.75")
    assert not [rows for rows in face.seen if "Change" in rows[1]]


def test_a_test_fills_it_with_digits(opened, face):
    app = opened()
    assert app.pos.devices.test("customer_display").ok
    assert face.shows("12345678901234567890", "12345678901234567890")


def test_without_a_port_there_is_none_and_the_sale_goes_on(store):
    app = store("cash", "customer_display", extra=as_plugin(Counter(), "counter"))
    assert app.pos.devices.all() == []
    app.register.scan("pen")
    assert app.register.pay("cash").sale.total == 125


@pytest.mark.parametrize(
    ("left", "right", "row"),
    [
        ("A very long name of goods", "1.25", "A very long nam 1.25"),
        ("Total", "1234567890123456.78", "1234567890123456.78"),
        ("Total", "123456789012345.67", "T 123456789012345.67"),
    ],
)
def test_the_figure_is_never_cut(left, right, row):
    assert _row(left, right) == row


def test_the_commands_of_the_readme_are_taken(store):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^genesis settings customer_display (\w+)=(\S+)$", readme, re.MULTILINE)
    assert shown == [("port", "/dev/ttyUSB0"), ("dialect", "cd5220")]
    app = store("customer_display")
    for name, value in shown:
        app.settings.change("customer_display", {name: value})
    with pytest.raises(UserError, match="welcome"):
        app.settings.change("customer_display", {"welcome": "x" * 21})
