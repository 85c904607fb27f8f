"""Who is at the till: signing in, locking, changing hands."""

from __future__ import annotations

import time

import pytest

from genesis import Refused
from genesis.kernel.actors import NOBODY
from genesis.kernel.permissions import Account
from genesis.shell import app as shell_app
from genesis.shell.window import Window
from genesis.testkit.stores import as_plugin
from tests.shell.goods import Goods


def test_once_a_password_is_set_somebody_must_sign_in(shell, store):
    house = store("cash", extra=as_plugin(Goods(), "goods"))
    house.pos.permissions.save_account(Account(id="owner", name="Olga", roles=()), "correct horse")
    driver, _house = shell(house)
    driver.window.root.focus_force()
    driver.settle(lambda: driver.desk.screen == "sign_in")
    view = driver.window.views["sign_in"]
    driver.settle(lambda: driver.window.root.focus_get() is view.secret.entry)
    driver.type("wrong")
    driver.press("Return")
    assert "not right" in driver.window.views["sign_in"].vm.error
    assert view.secret.text == ""
    driver.type("correct horse")
    driver.press("Return")
    driver.settle(lambda: driver.desk.screen == "sell")
    assert driver.desk.till.person() == "Olga"


@pytest.mark.parametrize("rung_up", [(), ("101",)])
def test_a_till_that_is_started_asks_who_it_is_before_it_shows_anything(display, store, monkeypatch, rung_up):
    house = store("cash", "daylight", extra=as_plugin(Goods(), "goods"))
    house.pos.permissions.save_account(Account(id="owner", name="Olga"), "correct horse")
    for code in rung_up:
        house.register.scan(code)
    seen = []

    def look(window):
        window.root.update()
        window.go("help")
        seen.append((window.desk.screen, window.desk.toast, house.actor))
        window.close()

    monkeypatch.setattr(Window, "run", look)
    assert shell_app.run(house) == 0
    assert seen == [("sign_in", None, NOBODY)]


@pytest.fixture
def two_people(shell, store):
    """A till at which Olga (the owner) is signed in, and Kim may sell."""
    house = store("cash", extra=as_plugin(Goods(), "goods"))
    permissions = house.pos.permissions
    permissions.save_role("cashier", ("register.sell", "register.hold"))
    permissions.save_account(Account(id="owner", name="Olga"), "correct horse")
    permissions.save_account(Account(id="kim", name="Kim", roles=("cashier",)), "battery staple")
    driver, _house = shell(house)
    driver.window.root.focus_force()
    come_in(driver, "correct horse")
    return driver, house


def come_in(driver, password):
    driver.settle(lambda: driver.desk.screen == "sign_in" and "sign_in" in driver.window.views)
    view = driver.window.views["sign_in"]
    driver.settle(lambda: driver.window.root.focus_get() is view.secret.entry)
    driver.type(password)
    driver.press("Return")
    driver.settle(lambda: driver.desk.screen == "sell")


def test_a_locked_till_keeps_the_cart_lets_nothing_through_and_changes_hands(two_people):
    driver, house = two_people
    driver.desk.scan("101")
    driver.press("ctrl+l")
    driver.settle(lambda: driver.desk.screen == "sign_in" and "sign_in" in driver.window.views)
    driver.scan("9521234000013")
    assert "was not used" in driver.desk.toast.text
    for key in ("F12", "F1", "ctrl+k", "F7", "Escape"):
        driver.press(key)
        assert (driver.desk.screen, driver.desk.dialogs) == ("sign_in", [])
    assert not driver.window.rail.winfo_ismapped()
    assert house.actor.id == ""
    driver.tap("person.kim")
    come_in(driver, "battery staple")
    assert driver.desk.till.person() == "Kim"
    assert [line.name for line in driver.desk.till.sale().lines] == ["Flat white"]
    assert "plugins" not in driver.desk.screens
    driver.press("ctrl+l")
    come_in(driver, "battery staple")  # the last one is proposed


def test_a_till_that_nobody_touches_is_locked_but_never_during_a_payment(two_people):
    driver, house = two_people
    house.settings.change("store", {"lock_minutes": 5})
    shell = driver.shell
    driver.window.touched = time.monotonic() - 299
    assert not shell._left_alone()
    driver.window.touched -= 2
    assert shell._left_alone()
    house.register.payments.run = object()
    assert not shell._left_alone()
    with pytest.raises(Refused, match="a payment is under way"):
        shell.lock()
    house.register.payments.run = None
    driver.settle(lambda: driver.desk.screen == "sign_in")


def test_a_locked_till_shows_and_takes_back_nothing_of_the_sale_below(two_people):
    driver, _house = two_people
    driver.desk.scan("101")
    driver.press("Delete")
    assert driver.desk.toast.undo is not None
    driver.press("ctrl+l")
    driver.settle(lambda: driver.desk.screen == "sign_in" and "sign_in" in driver.window.views)
    assert driver.desk.toast is None
    driver.press("ctrl+z")
    come_in(driver, "correct horse")
    assert driver.desk.till.sale().lines == ()
    driver.press("ctrl+z")
    driver.settle(lambda: driver.desk.till.sale().lines)
    assert [line.name for line in driver.desk.till.sale().lines] == ["Flat white"]


def test_a_staff_card_names_its_person_at_a_locked_till_or_lets_them_in(two_people):
    driver, house = two_people
    house.pos.permissions.give_card("kim", "UID:DEADBEEF")
    driver.press("ctrl+l")
    driver.settle(lambda: driver.desk.screen == "sign_in" and "sign_in" in driver.window.views)
    driver.desk.scan("UID:04A1B2C3D4E5F6")
    assert "was not used" in driver.desk.toast.text
    driver.desk.scan("UID:DEADBEEF")
    assert driver.window.views["sign_in"].vm.name == "kim"
    assert house.actor.id == ""
    come_in(driver, "battery staple")
    assert driver.desk.till.person() == "Kim"
    house.settings.change("store", {"card_alone": True})
    driver.press("ctrl+l")
    driver.settle(lambda: driver.desk.screen == "sign_in" and "sign_in" in driver.window.views)
    driver.desk.scan("UID:DEADBEEF")
    driver.settle(lambda: driver.desk.screen == "sell")
    assert house.actor.id == "kim"


@pytest.mark.parametrize("key", ["F4", "Down"])
def test_keys_that_are_commands_count_as_somebody_being_there(two_people, key):
    driver, _house = two_people
    driver.desk.scan("101")
    before = driver.window.touched
    driver.press(key)
    assert driver.window.touched > before
