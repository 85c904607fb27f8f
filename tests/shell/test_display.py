"""The customer's window: what it tells and what it keeps to itself, on a second monitor that comes and goes."""

from __future__ import annotations

import json

import pytest

from genesis.design.bring import bring
from genesis.design.source import LocalFile
from genesis.hooks.pages import Query
from genesis.kernel.errors import SettingsError
from genesis.shell import app as shell_app, display as customer
from genesis.shell.monitors import Monitor, monitors, second
from genesis.shell.pages import settings
from genesis.shell.preferences import PreferencesFile
from genesis.shell.session import Look
from genesis.shell.views.display import DisplayView
from genesis.shell.vm import till as t
from genesis.shell.vm.display import DisplayVM
from genesis.testkit.stores import as_plugin
from tests.design import drawing
from tests.shell.desks import sell
from tests.shell.driver import Driver
from tests.shell.goods import Goods
from tests.shell.memory import code
from tests.shell.screens_of_x import Monitors


@pytest.fixture
def shown(desk):
    return DisplayVM(desk)


def test_goods_and_total_appear_as_they_are_rung_up_and_a_welcome_before(desk, shown):
    assert (shown.shown.state, shown.message, shown.amount) == ("welcome", "Welcome", None)
    desk.scan(code(0))
    desk.scan(code(2))
    assert [line.name for line in shown.shown.sale.lines] == ["Flat white", "Butter croissant"]
    assert (shown.label, shown.amount.minor) == ("Total", 562)  # 3.40 and 1.80, with 8 %
    assert shown.message == ""


def test_what_is_paid_in_part_is_taken_off_and_the_change_is_told_with_thanks(desk, shown):
    desk.scan(code(0))
    for key in ("F12", "2", "Return"):
        desk.key(key) or desk.top.typed(key)
    assert (shown.label, shown.amount.minor) == ("Still to pay", 167)
    for key in ("5", "Return"):
        desk.key(key) or desk.top.typed(key)
    assert (shown.shown.state, shown.message) == ("thanks", "Thank you!")
    assert (shown.label, shown.amount.minor, shown.received.minor, shown.change.minor) == ("Total", 367, 500, 333)
    desk.key("Return")
    assert shown.shown.state == "welcome"


def test_money_that_goes_back_is_told_without_a_sign(desk, shown):
    number = sell(desk, 0)
    desk.key("F9")
    desk.scan(number)
    desk.key("Return")
    assert (shown.label, shown.amount.minor) == ("You get back", 367)
    desk.key("Return")
    assert (shown.shown.state, shown.label, shown.amount.minor) == ("thanks", "You get back", 367)


def test_it_is_told_only_what_changed_and_nothing_once_it_is_gone(desk, shown):
    told = []
    shown.subscribe(lambda: told.append(shown.shown.state))
    desk.scan(code(0))
    count = len(told)
    desk.key("F4")
    desk.key("Escape")
    assert told[:1] == ["sale"]
    assert len(told) == count
    shown.stop()
    desk.scan(code(0))
    assert len(told) == count


@pytest.fixture
def plugged(display):
    """Two monitors side by side: the till's (1280 wide) and another one."""
    made = Monitors(display)
    made.plug("left", 0, 0, 1280, 1080)
    made.plug("right", 1280, 0, 640, 480)
    yield made
    made.close()


@pytest.fixture
def opened(window, monkeypatch):
    """`opened("monitor")`: a window whose customer display is set so."""
    monkeypatch.setattr(customer, "LOOK", 40)

    def make(where, **more):
        driver = window(size=(1000, 600), **more)
        driver.window.preferences.change(display=where)
        driver.window.display.renew()
        driver.settle()
        return driver

    return make


def texts(driver):
    (view,) = [x for x in driver.window.display.top.winfo_children() if isinstance(x, DisplayView)]
    return " | ".join(view.main.itemcget(i.number, "text") for i in view.main._items.values() if i.kind == "text")


def test_the_monitor_beside_the_till_is_found(display, plugged):
    assert set(monitors(display)) == {Monitor(0, 0, 1280, 1080), Monitor(1280, 0, 640, 480)}
    assert second(monitors(display), 500, 300) == Monitor(1280, 0, 640, 480)
    assert second(monitors(display), 1500, 300) == Monitor(0, 0, 1280, 1080)
    plugged.unplug("right")
    assert second(monitors(display), 500, 300) is None


def test_a_mirrored_monitor_is_no_second_one_and_without_a_server_there_is_none():
    one = Monitor(0, 0, 1920, 1080)
    assert second([one, one], 5, 5) is None
    assert second([one, Monitor(0, 0, 1280, 720)], 5, 5) is None
    assert second([], 5, 5) is None
    assert second([one], 5_000, 5) is None
    assert monitors(":4711") == []


def test_it_is_off_until_it_is_wished(window, plugged):
    driver = window()
    assert driver.window.preferences.value.display == "off"
    assert driver.window.display.top is None


def test_it_fills_the_second_monitor_follows_the_sale_and_never_takes_the_keys(opened, plugged, till):
    driver = opened("monitor")
    top = driver.window.display.top
    assert (top.winfo_rootx(), top.winfo_rooty(), top.winfo_width(), top.winfo_height()) == (1280, 0, 640, 480)
    driver.scan(code(0))
    driver.settle(lambda: "Flat white" in texts(driver))
    assert "$3.67" in texts(driver)
    assert driver.window.root.focus_get() is driver.sell.scan.entry
    driver._x("mousemove", 1400, 200, "click", 1)
    driver.scan(code(2))
    driver.settle(lambda: "Butter croissant" in texts(driver))
    driver.press("F12", "2", "0", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert "Thank you!" in texts(driver)
    assert "Change $14.38" in texts(driver)


def test_unplugged_and_plugged_in_again_it_goes_and_comes_and_the_sale_goes_on(opened, plugged, till):
    driver = opened("monitor")
    driver.scan(code(0))
    plugged.unplug("right")
    driver.settle(lambda: driver.window.display.top is None)
    driver.scan(code(2))
    driver.settle(lambda: len(till.cart.lines) == 2)
    plugged.plug("right", 1280, 0, 600, 400)
    driver.settle(lambda: driver.window.display.top is not None)
    driver.settle(lambda: "Butter croissant" in texts(driver))
    assert driver.window.display.top.winfo_width() == 600
    assert driver.window.faults == []


def test_with_one_monitor_nothing_is_shown_and_a_window_can_be_closed_for_good(opened):
    driver = opened("monitor")
    assert driver.window.display.top is None
    driver.window.preferences.change(display="window")
    driver.window.display.look()
    driver.settle(lambda: "Welcome" in texts(driver))
    driver.window.display._shut()
    assert driver.window.display.top is None
    assert driver.window.preferences.value.display == "off"


def test_neither_the_customer_nor_a_note_is_shown_to_who_looks_on(opened, till):
    driver = opened("window")
    driver.desk.scan(code(0))
    till.attach("p:1")
    till.note(till.cart.lines[0].id, "allergic to nuts")
    till.slots["cart.line"] = (t.Label(text="a word of a plugin"),)
    driver.window.cashier.refresh()
    driver.settle(lambda: "Flat white" in texts(driver))
    assert driver.window.cashier.sale.customer is not None
    for word in ("María", "allergic", "a word of"):
        assert word not in texts(driver)


def test_a_fault_of_the_display_switches_it_off_and_stops_nothing(opened, till, monkeypatch):
    driver = opened("window")

    def fail(*_anything):
        raise RuntimeError("no such line")

    monkeypatch.setattr(DisplayView, "_draw_lines", fail)
    driver.scan(code(0))
    driver.settle(lambda: driver.window.display.top is None)
    assert "the till goes on without it" in driver.desk.toast.text
    driver.press("F12", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert driver.desk.dialogs == []


def test_the_till_is_set_on_the_page_settings_and_takes_it_live(display, store, monkeypatch):
    monkeypatch.setattr(shell_app, "WATCH", 30)
    house = store("cash", extra=as_plugin(Goods(), "goods"))
    path = house.home.folder / "shell.json"
    shell = shell_app.Shell(house, PreferencesFile(path), computer="en_US")
    driver = Driver(shell.window)
    driver.ready()
    driver.desk.scan("101")
    (row,) = settings.find(house.pos, Query(text="customer display")).rows
    drawer = settings.drawer(house.pos, row.id)
    assert (drawer.title, drawer.values["display"], drawer.values["scale"]) == ("This till", "off", "1.0")
    with pytest.raises(SettingsError) as refused:
        drawer.save(house.pos, {"scale": "9", "display": "wall"})
    assert set(refused.value.problems) == {"scale", "display"}
    assert not path.exists()
    drawer.save(house.pos, {"scale": "1.2", "display": "window", "gap": "80"})
    driver.settle(lambda: shell.window.display.top is not None)
    driver.settle(lambda: "Flat white" in texts(driver))
    assert shell.window.kit.scale == pytest.approx(1.2)
    assert [line.name for line in driver.desk.till.sale().lines] == ["Flat white"]
    shell.window.choose_look("daylight")  # keeps what another process wrote
    assert (PreferencesFile(path).value.display, PreferencesFile(path).value.gap) == ("window", 80)
    faults = list(shell.window.faults)
    shell.close()
    assert faults == []


def test_a_theme_draws_it_in_its_own_way(opened, till, tmp_path):
    frame = drawing.frame(
        "display",
        (0, 0, 720, 405),
        drawing.rect("Slot: lines", (20, 20, 400, 300), "#FFFFFF"),
        drawing.group("Slot: total", (440, 300, 260, 60), drawing.text("0.00", (440, 300, 260, 60), fontSize=40)),
        drawing.rect("Slot: change", (440, 200, 260, 60), "#F0F0F0"),
        drawing.text("Fresh every day", (440, 20, 260, 40)),
    )
    (tmp_path / "theme.json").write_text(json.dumps({"name": "Drawn"}))
    (tmp_path / "file.json").write_text(json.dumps(drawing.file(frame)))
    bring(LocalFile(tmp_path / "file.json"), tmp_path)
    driver = opened("window", theme="drawn", more=(Look("drawn", "Drawn", tmp_path / "theme.json"),))
    driver.scan(code(0))
    driver.settle(lambda: "Flat white" in texts(driver))
    assert "Fresh every day" in texts(driver)
    assert "$3.67" in texts(driver)
    assert "Total" not in texts(driver)
