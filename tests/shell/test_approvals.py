"""Approval by a second person at a real window: five keys or touches more, whoever it is, in place of a refusal."""

from __future__ import annotations

import pytest

from genesis.kernel.approvals import Approval
from genesis.kernel.permissions import Account
from genesis.shell.app import Shell
from genesis.shell.preferences import PreferencesFile
from genesis.shell.vm.form import FormDialog
from genesis.shell.vm.numbers import NumberDialog
from genesis.testkit.stores import as_plugin
from tests.shell.driver import Driver
from tests.shell.goods import Goods


@pytest.fixture
def kims(shell, store):
    """A till at which Kim is signed in, who only sells; Mia and the owner may more."""
    house = store("cash", "discounts", "till", extra=as_plugin(Goods(), "goods"))
    permissions = house.pos.permissions
    permissions.save_role("cashier", ("register.sell",))
    permissions.save_role("lead", ("register.override_price", "register.void_line", "register.discount"))
    permissions.save_account(Account(id="mia", name="Mia", roles=("lead",)), "4711")
    permissions.save_account(Account(id="owner", name="Olga"), "0815")
    permissions.save_account(Account(id="kim", name="Kim", roles=("cashier",)), "1234")
    driver, house = shell(house)
    house.actor = permissions.sign_in("kim", "1234")
    driver.shell.restarted()
    driver.ready()
    driver.desk.scan("101")
    driver.settle(lambda: driver.desk.till.sale().lines)
    driver.keys = driver.taps = 0
    return driver, house


def approvals(house):
    return [(e.actor, e.fact.permission, e.fact.approver) for e in house.raw_journal.scan()
            if e.kind == "permission.approved"]  # fmt: skip


def price(driver):
    return driver.desk.till.sale().lines[0].price


def void(driver):
    """Take off the line by its key, which somebody else has to approve: the question stands there."""
    driver.press("Delete")
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))


def test_a_price_is_six_keys_and_its_approval_five_more(kims):
    driver, house = kims
    driver.press("F5", "2", "period", "9", "9", "Return")
    assert driver.keys == 6
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    driver.press("4", "7", "1", "1", "Return")
    driver.settle(lambda: not driver.desk.dialogs)
    assert driver.keys == 6 + 5
    assert price(driver) == 29_900
    assert approvals(house) == [("kim", "register.override_price", "mia")]
    assert driver.desk.till.person() == "Kim"


def test_by_touch_it_is_five_touches_more_too(kims):
    driver, house = kims
    for key in ("more", "row.do line.price", "pad.2", "pad..", "pad.9", "pad.9", "pad.enter"):
        driver.tap(key)
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    for key in ("pad.4", "pad.7", "pad.1", "pad.1", "pad.enter"):
        driver.tap(key)
    driver.settle(lambda: not driver.desk.dialogs)
    assert (driver.taps, driver.keys) == (7 + 5, 0)
    assert price(driver) == 29_900
    assert len(approvals(house)) == 1


def test_a_wrong_pin_is_said_beside_it_and_typed_anew(kims):
    driver, house = kims
    void(driver)
    driver.type("4712")
    driver.press("Return")
    form = driver.desk.top.form
    assert "not right" in form.faults["password"]
    assert form.values["password"] == ""
    assert driver.desk.till.sale().lines
    driver.type("4711")
    driver.press("Return")
    driver.settle(lambda: not driver.desk.till.sale().lines)
    assert approvals(house) == [("kim", "register.void_line", "mia")]
    assert not driver.desk.dialogs


def test_leaving_the_question_changes_nothing(kims):
    driver, house = kims
    void(driver)
    driver.type("47")
    driver.press("Escape")
    driver.settle(lambda: not driver.desk.dialogs)
    assert driver.desk.till.sale().lines
    assert approvals(house) == []


def test_another_person_is_chosen_and_stands_first_the_next_time(kims):
    driver, house = kims
    void(driver)
    driver.tap("field.person")
    driver.tap("row.owner")
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    driver.settle(lambda: driver.window.root.focus_get() is sheet(driver).entries["password"].entry)
    driver.type("0815")
    driver.press("Return")
    driver.settle(lambda: not driver.desk.till.sale().lines)
    driver.desk.scan("102")
    void(driver)
    assert driver.desk.top.form.values["person"] == "owner"
    assert approvals(house) == [("kim", "register.void_line", "owner")]


def sheet(driver):
    return driver.window.sheets[driver.desk.top].area_of_form


def test_a_staff_card_is_enough_or_chooses_its_person(kims):
    driver, house = kims
    permissions, kim = house.pos.permissions, house.actor
    house.actor = permissions.actor_of("owner")
    permissions.give_card("owner", "UID:DEADBEEF")
    house.actor = kim
    void(driver)
    driver.desk.scan("UID:DEADBEEF")
    form = driver.desk.top.form
    assert (form.values["person"], form.values["password"]) == ("owner", "")
    assert "needs its password" in driver.desk.top.error
    house.actor = permissions.actor_of("owner")
    house.settings.change("store", {"card_alone": True})
    house.actor = kim
    driver.desk.scan("UID:DEADBEEF")
    driver.settle(lambda: not driver.desk.till.sale().lines)
    assert not driver.desk.dialogs
    assert approvals(house) == [("kim", "register.void_line", "owner")]


def test_what_the_approved_command_says_next_stands_where_it_was_asked(kims):
    driver, house = kims
    driver.press("F6", "1", "5", "0", "Return")
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    driver.type("4711")
    driver.press("Return")
    driver.settle(lambda: isinstance(driver.desk.top, NumberDialog))
    assert "out of range" in driver.desk.top.error
    assert (price(driver), approvals(house)) == (34_000, [])


def test_a_discount_and_the_end_of_a_shift_are_approved_the_same_way(kims):
    driver, house = kims
    driver.press("F6", "1", "0", "Return")
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    driver.type("4711")
    driver.press("Return")
    driver.settle(lambda: not driver.desk.dialogs)
    assert driver.desk.till.sale().total.minor == 306
    driver.press("F12", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    driver.press("Return")
    driver.settle(lambda: driver.desk.screen == "sell")
    driver.desk.dispatch("till.close")
    driver.settle(lambda: isinstance(driver.desk.top, FormDialog))
    driver.type("0815")
    driver.press("Return")  # it begins with the figures of the shift
    driver.settle(lambda: driver.desk.dialogs and driver.desk.top.form.secret == "")
    driver.type("3.06")
    driver.press("Return")
    driver.settle(lambda: any(entry.kind == "shift.closed" for entry in house.raw_journal.scan()))
    assert [who[1:] for who in approvals(house)] == [
        ("register.discount", "mia"), ("till.read", "owner"), ("till.close", "owner"),
    ]  # fmt: skip


def test_who_approves_is_asked_in_the_language_of_the_screens(display, store, speaking):
    house = store("cash", extra=as_plugin(Goods(), "goods"))
    permissions = house.pos.permissions
    permissions.save_role("cashier", ("register.sell",))
    permissions.save_account(Account(id="owner", name="Olga"), "0815")
    permissions.save_account(Account(id="kim", name="Kim", roles=("cashier",)), "1234")
    made = Shell(house, PreferencesFile(None), computer="de_DE")
    driver = Driver(made.window)
    try:
        house.actor = permissions.sign_in("kim", "1234")
        made.restarted()
        driver.ready()
        driver.desk.scan("101")
        driver.press("Delete")
        dialog = driver.desk.top
        assert isinstance(dialog, FormDialog)
        assert (dialog.title, dialog.form.fields[1].label) == (
            "Kim darf nicht: Eine Position stornieren", "Passwort",
        )  # fmt: skip
        driver.type("1")
        driver.press("Return")
        assert "stimmt nicht" in dialog.form.faults["password"]
        driver.type("0815")
        driver.press("Return")
        driver.settle(lambda: not driver.desk.till.sale().lines)
    finally:
        made.close()


def test_where_nobody_may_the_command_is_absent_as_ever(shell, store):
    house = store("cash", extra=as_plugin(Goods(), "goods"))
    house.pos.permissions.save_role("cashier", ("register.sell",))
    house.pos.permissions.save_account(Account(id="kim", name="Kim", roles=("cashier",)), "1234")
    driver, house = shell(house)
    house.actor = house.pos.permissions.sign_in("kim", "1234")
    driver.shell.restarted()
    driver.ready()
    driver.desk.scan("101")
    before = set(driver.desk.screens["sell"].commands)
    assert "line.void" not in before
    with pytest.raises(Exception, match="may not") as refused:
        house.register.void("1")
    assert not isinstance(refused.value, Approval)
