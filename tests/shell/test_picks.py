"""Searching in a worker: rows that come late, out of turn or not at all, and what was pressed meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from genesis.kernel.errors import UserError
from genesis.shell.vm.mending import Failure
from genesis.shell.vm.palette import Palette
from genesis.shell.vm.picks import Choice, PickDialog
from tests.shell.desks import Now


class Held(Now):
    """A runner that keeps what it was given until the test lets it answer, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.work: list[tuple[Any, Any, Any]] = []

    def submit(self, work, done, failed) -> None:
        self.work.append((work, done, failed))

    def answer(self, number: int) -> None:
        Now.submit(self, *self.work[number])


@pytest.fixture
def picked():
    """What was taken."""
    return []


@pytest.fixture
def pick(desk, picked):
    """A dialog with one row of its own ("here") and a worker that answers "<text>-found"."""
    desk.runner = Held()
    here = Choice("here", "here")
    made = PickDialog(
        desk,
        "Pick",
        lambda text: [here] if text in here.title else [],
        picked.append,
        hint="Type",
        more=lambda text: [Choice(f"{text}-found", text)] if text.strip() else [],
    )
    desk.open(made)
    return made


def test_enter_waits_for_the_rows_of_the_text_that_is_typed(desk, pick, picked):
    pick.search("tea")
    assert (pick.choices, pick.waiting, pick.empty) == ([], True, "Searching …")
    desk.key("Return")
    assert picked == []
    assert desk.top is pick
    desk.runner.answer(0)
    assert picked == ["tea-found"]
    assert not desk.dialogs


def test_rows_of_an_earlier_text_are_never_shown_and_never_taken(desk, pick, picked):
    pick.search("tea")
    desk.key("Return")
    pick.search("teapot")  # goes on typing: the Enter before it is void
    desk.runner.answer(1)
    desk.runner.answer(0)  # the first answer comes last
    assert [row.id for row in pick.choices] == ["teapot-found"]
    assert picked == []
    desk.key("Return")
    assert picked == ["teapot-found"]


def test_enter_for_a_second_text_takes_nothing_of_the_first(desk, pick, picked):
    pick.search("tea")
    pick.search("milk")
    desk.key("Return")
    desk.runner.answer(0)
    assert picked == []
    desk.runner.answer(1)
    assert picked == ["milk-found"]


def test_rows_that_need_no_worker_are_taken_at_once_and_stand_first(desk, pick, picked):
    pick.search("her")
    desk.runner.answer(0)
    assert [row.id for row in pick.choices] == ["here", "her-found"]
    pick.search("here")
    desk.key("Return")
    assert picked == ["here"]
    desk.runner.answer(1)
    assert picked == ["here"]


def test_a_scanned_code_is_taken_when_its_single_row_comes(desk, pick, picked):
    desk.scan("9520")
    assert picked == []
    desk.runner.answer(0)
    assert picked == ["9520-found"]


def test_a_closed_dialog_takes_nothing(desk, pick, picked):
    pick.search("tea")
    desk.key("Return")
    desk.key("Escape")
    desk.runner.answer(0)
    assert picked == []


def test_a_search_that_fails_says_so_and_the_next_one_works(desk, pick, picked):
    pick.search("tea")
    desk.key("Return")
    _work, _done, failed = desk.runner.work[0]
    failed(UserError("the list is locked", "try again", "text"))
    assert "The list is locked" in pick.error
    assert not pick.waiting
    failed(ValueError("late and of the same question"))
    assert isinstance(desk.top, Failure)
    desk.key("Return")
    pick.search("milk")
    desk.runner.answer(1)
    assert pick.error == ""
    desk.key("Return")
    assert picked == ["milk-found"]


def test_the_palette_reads_the_database_beside_the_window(window, till):
    driver, threads, gate = window(), [], threading.Event()
    search = till.search

    def slow(text, limit):
        threads.append(threading.current_thread())
        assert gate.wait(8)
        return search(text, limit)

    till.search = slow
    driver.press("ctrl+k")
    driver.settle(lambda: isinstance(driver.desk.top, PickDialog))
    driver.type("oat")
    driver.press("Return")
    assert driver.window.sheets[driver.desk.top].field.text == "oat"  # the window lives on
    assert till.cart.lines == []
    gate.set()
    driver.settle(lambda: till.cart.lines)
    assert [line.item for line in till.cart.lines] == [12]
    assert threading.main_thread() not in threads


def test_the_palette_of_a_till_finds_goods_only_from_two_letters_on(desk, cashier, till):
    asked = Palette(desk, cashier, list)
    assert asked.find_stored(" o ") == []
    assert [row.title for row in asked.find_stored("oat")][:1] == ["Oat cookies"]
