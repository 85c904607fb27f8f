"""Screens, dialogs, faults, keys and the plugin page, without a window."""

from __future__ import annotations

from typing import Any

from genesis.shell.vm.desk import Question
from genesis.shell.vm.keys import KeyMap, shown
from genesis.shell.vm.mending import Failure
from tests.shell.memory import code


def test_a_question_that_is_asked_again_after_yes_is_a_refusal(desk, till):
    from genesis import Confirm

    def always(_confirmed: bool) -> None:
        raise Confirm("Sure?", "Really")

    desk.attempt(always)
    desk.key("Return")
    assert not desk.dialogs
    assert desk.toast.tone == "bad"


def test_what_lies_below_a_dialog_does_nothing(cashier, desk):
    desk.scan(code(0))
    desk.key("F4")
    assert not desk.dispatch("sale.pay", cashier)
    assert desk.screen == "sell"


def test_an_unexpected_error_is_shown_with_the_id_it_has_in_the_log(desk, till, caplog):
    def broken(*_a: Any, **_k: Any) -> str:
        raise ZeroDivisionError("division by zero")

    till.scan = broken
    desk.scan(code(0))
    assert isinstance(desk.top, Failure)
    assert desk.top.error_id in caplog.text
    assert "ZeroDivisionError" in desk.top.texts[0]
    desk.scan(code(0))  # a second fault puts no second dialog over the first
    assert len(desk.dialogs) == 1
    desk.key("Return")
    assert not desk.dialogs


def test_a_plugin_fault_names_the_plugin(desk, till):
    from genesis import PluginFault

    def faulty(*_a: Any, **_k: Any) -> str:
        raise PluginFault("loyalty", "adjustments", "KeyError: 7")

    till.add = faulty
    desk.screens["sell"].add("m:0")
    assert "loyalty" in desk.top.texts[0]


def test_a_dialog_takes_those_above_it_down(desk):
    first, second = Question(desk, "a", "b", "c", list), Question(desk, "d", "e", "f", list)
    desk.open(first)
    desk.open(second)
    desk.close(first)
    assert desk.dialogs == []


def test_going_to_a_screen_below_comes_back_to_it(desk):
    desk.go("receipt")
    desk.go("payment")
    desk.go("receipt")
    assert desk.stack == ["sell", "receipt"]
    desk.back()
    desk.back()
    assert desk.stack == ["sell"]


def test_keys_can_be_changed_and_caps_follow():
    keys = KeyMap({"sale.pay": ("F9",), "sale.return": ("F12",)})
    assert keys.command("sell", "F9") == "sale.pay"
    assert keys.command("sell", "F12") == "sale.return"
    assert keys.cap("sell", "sale.pay") == "F9"
    assert keys.cap("sell", "nothing") == ""
    assert keys.command("payment", "F11") == "window.fullscreen"
    assert shown("Shift+Delete") == "Shift Del"


def test_a_plugin_gets_a_free_key_and_never_a_taken_one():
    keys = KeyMap()
    assert keys.add("sell", "loyalty.points", "Ctrl+G")
    assert not keys.add("sell", "loyalty.steal", "F12")
    assert keys.command("sell", "F12") == "sale.pay"
    assert keys.command("sell", "Ctrl+G") == "loyalty.points"


def test_every_key_of_a_screen_leads_to_one_of_its_commands(desk):
    desk.scan(code(0))
    for screen in ("sell", "payment", "receipt"):
        vm = desk.screens[screen]
        commands = set(desk.keys._keys[vm.context])
        assert commands <= set(vm.commands), screen
    for key, context in (("F4", "number"), ("F8", "pick"), ("F9", "return"), ("Shift+Delete", "ask")):
        desk.key(key)
        assert desk.top.context == context
        assert set(desk.keys._keys[context]) <= set(desk.top.commands), context
        desk.key("Escape")


def test_listeners_are_told_and_can_leave(cashier, desk):
    told: list[int] = []
    leave = cashier.subscribe(lambda: told.append(1))
    desk.scan(code(0))
    count = len(told)
    assert count
    leave()
    leave()
    desk.scan(code(0))
    assert len(told) == count
