"""The selling screen searches beside the window: late answers are dropped, Enter waits, scans never do."""

from __future__ import annotations

import pytest

from genesis.kernel.errors import NotReady
from tests.shell.desks import Later, make_desk, type_keys
from tests.shell.memory import code


@pytest.fixture
def runner():
    return Later()


@pytest.fixture
def desk(till, runner):
    return make_desk(till, runner)


def enter(desk, text):
    desk.screens["sell"].write(text)
    desk.key("Return")


def rung(till):
    return [line.item for line in till.cart.lines]


def test_only_the_answer_to_what_stands_in_the_field_is_shown(cashier, runner):
    for text in ("te", "tea", "croissant"):
        cashier.write(text)
        cashier.look()
    runner.answer(2)
    shown = cashier.hits
    assert [tile.name for tile in shown] == ["Butter croissant"]
    runner.answer(1)
    runner.answer(0)
    assert cashier.hits == shown
    cashier.write("tea")
    cashier.look()
    cashier.escape()
    runner.answer()
    assert cashier.hits == ()


def test_enter_takes_what_is_found_by_the_text_it_was_pressed_on(cashier, desk, runner, till):
    cashier.write("te")
    cashier.look()
    runner.answer()
    assert cashier.hits
    enter(desk, "croissant")
    assert (rung(till), cashier.text) == ([], "")
    cashier.write("oat")
    runner.answer()
    assert (rung(till), cashier.text) == ([2], "oat")
    desk.key("Return")
    while runner.held:
        runner.answer()
    assert rung(till) == [2, 12]


def test_a_scan_is_rung_up_while_a_search_is_under_way_and_loses_nothing(desk, runner, till):
    enter(desk, "croissant")
    desk.scan(code(4))
    assert rung(till) == [4]
    runner.answer()
    assert rung(till) == [4, 2]


def test_what_was_typed_comes_back_where_nothing_is_found(cashier, desk, runner, till):
    enter(desk, "nonesuch")
    runner.answer()
    assert (cashier.text, rung(till)) == ("nonesuch", [])
    assert "Nonesuch" in desk.toast.text


@pytest.mark.parametrize(("key", "after"), [("F12", "payment"), ("F7", "sell")])
def test_paying_and_holding_wait_for_what_was_entered(desk, runner, till, key, after):
    desk.scan(code(4))
    enter(desk, "croissant")
    desk.key(key)
    assert (desk.screen, till.aside) == ("sell", [])
    runner.answer()
    assert desk.screen == after
    assert rung(till) == ([4, 2] if key == "F12" else [])


def test_nothing_is_paid_where_what_was_entered_is_not_found_or_asks_first(desk, runner, till):
    desk.scan(code(4))
    enter(desk, "nonesuch")
    desk.key("F12")
    runner.answer()
    assert desk.screen == "sell"
    desk.screens["sell"].escape()
    enter(desk, "bananas")  # weighed
    desk.key("F12")
    while runner.held:
        runner.answer()
    assert (desk.screen, len(desk.dialogs)) == ("sell", 1)
    type_keys(desk, "1", "Return")
    assert rung(till) == [4, 6]


def test_what_is_not_ready_is_said_and_kept(cashier, desk, runner, till, monkeypatch):
    def behind(_text, _limit):
        raise NotReady("the catalogue is at 40 %", "wait a moment")

    monkeypatch.setattr(till, "search", behind)
    enter(desk, "croissant")
    runner.answer()
    assert cashier.text == "croissant"
    assert "40 %" in desk.toast.text
