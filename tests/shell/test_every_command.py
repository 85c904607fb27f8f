"""Every command of the shell is fired by a real key in a real window: two journeys go through all of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import genesis.shell
from genesis.kernel.permissions import Account
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.keys import DEFAULT
from tests.shell.memory import code
from tests.shell.test_lock import come_in

FOLDER = Path(genesis.shell.__file__).parent


def declared() -> set[str]:
    """Return the ids of the commands that the shell declares; one made of parts is cut before the first of them."""
    found = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Command":
                first = node.args[0]
                if isinstance(first, ast.JoinedStr):
                    first = first.values[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found - {"do."}  # what an action of a plugin is called is its own affair


@pytest.fixture
def fired(monkeypatch):
    """The ids of the commands that ran."""
    found: set[str] = set()
    dispatch = Desk.dispatch

    def noted(desk, command, owner=None):
        known = (owner or desk.top).commands.get(command) or desk.commands.get(command)
        if known is not None and not known.blocked():
            found.add("payment.method." if command.startswith("payment.method.") else command)
        return dispatch(desk, command, owner)

    monkeypatch.setattr(Desk, "dispatch", noted)
    return found


AT_THE_TILL = {
    "sell": "F2 F4 3 BackSpace Delete 2 Return F5 2 9 9 Return F6 Tab Escape F6 1 0 Return shift+F6 5 Return ctrl+e g "
    "Return ctrl+i Escape ctrl+o Up Down Delete ctrl+z Next Prior F10 F11 F11 ctrl+k Escape F7 F8 "
    "Return shift+F7 Escape shift+Delete Return ctrl+z o a Escape o a t Return",
    "customer": "F3 Down Up l Return",
    "payment": "F12 F6 Escape Escape F12 2 BackSpace Delete ctrl+p alt+1",
    "return": "Down Up Left Right Return Escape shift+Delete Return F9 F9 Escape",
}


def test_every_command_of_the_till_is_fired_by_a_key(window, till, fired):
    driver = window()
    fired.clear()

    def keys(names: str) -> None:
        driver._x("key", "--delay", 60, *names.split())

    for number in (0, 2):
        driver.scan(code(number))
    keys(AT_THE_TILL["sell"])
    driver.settle(lambda: len(till.cart.lines) == 3)
    keys(AT_THE_TILL["customer"])
    driver.settle(lambda: till.cart.customer)
    keys(AT_THE_TILL["payment"])
    till.polls = 99
    keys("alt+2")
    driver.settle(lambda: driver.window.payment.waiting)
    till.loses = True
    keys("F10")
    driver.settle(lambda: driver.window.payment.waiting is None and driver.desk.dialogs)
    till.answers_next, till.polls = "declined", 0
    keys("Escape")
    driver.desk.dispatch("payment.resolve")
    driver.settle(lambda: driver.desk.dialogs)
    keys("Return")
    driver.settle(lambda: not till.unclear() and not driver.desk.dialogs)
    keys("Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    keys("ctrl+p Return ctrl+p Return F9")
    driver.scan("R1-00000001")
    driver.settle(lambda: getattr(driver.desk.top, "sale", None))
    keys(AT_THE_TILL["return"])
    keys("ctrl+k t r a i n i n g")
    driver.settle(lambda: driver.desk.top.choices)
    keys("Return")
    driver.settle(lambda: "train" in till.calls)
    elsewhere = {"document.print", "payment.tip"}  # by their keys in test_printing and test_waiting_sale
    assert declared() - fired - office_commands() - elsewhere == set()
    assert till.cart.lines == []


def office_commands() -> set[str]:
    """Return what the other journey fires."""
    return {*DEFAULT["list"], *DEFAULT["page"], *DEFAULT["sign_in"], "help", "till.lock"}


def test_every_command_of_the_office_is_fired_by_a_key(shell, store, fired):
    house = store("cash", "customers", "daylight")
    for name in ("Ada", "Bob", "Cy"):
        house.pos.records("customers_customer").save({"name": name})
    house.pos.permissions.save_account(Account(id="owner", name="Olga"), "correct horse")
    driver, _house = shell(house)
    driver.window.root.focus_force()
    come_in(driver, "correct horse")

    def keys(names: str) -> None:
        driver._x("key", "--delay", 60, *names.split())
        driver.settle()

    keys("ctrl+k c u s t o m e r s")
    driver.settle(lambda: driver.desk.top.choices)
    keys("Return")
    vm = driver.desk.screens["customers.people"]
    driver.settle(lambda: vm.fetched.total == 3)
    keys("Down Up End Home Next Prior Insert ctrl+a Return")
    driver.settle(lambda: vm.drawer is not None)
    first = vm.drawer.form.focus
    keys("Tab")
    driver.settle(lambda: vm.drawer.form.focus != first)
    keys("shift+Tab")
    driver.settle(lambda: vm.drawer.form.focus == first)
    keys("Tab")
    keys("0 2 0 7 9 4 6 0 0 0 0 ctrl+s")
    driver.settle(lambda: vm.drawer is None)
    keys("ctrl+n")
    driver.settle(lambda: vm.drawer is not None)
    keys("Escape")
    driver.settle(lambda: vm.drawer is None)
    keys("slash A Escape Escape F1")
    driver.settle(lambda: driver.desk.screen == "help")
    keys("Escape ctrl+l")
    come_in(driver, "correct horse")
    assert office_commands() - fired == set()


def test_every_key_means_a_command_that_is_declared():
    meant = {command for commands in DEFAULT.values() for command in commands}
    assert {c for c in meant if not c.startswith("payment.method.")} - declared() == set()
