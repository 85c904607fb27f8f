"""Long work: nothing is seen of what is over soon, then it is a bar, and at last a dialog with a way out."""

from __future__ import annotations

import threading
from typing import Any

from genesis.shell.vm.desk import Desk
from genesis.shell.vm.work import WorkDialog
from tests.shell.desks import Later


def under_way(desk: Desk) -> WorkDialog:
    found = desk.dialogs[-1]
    assert isinstance(found, WorkDialog)
    return found


def test_work_that_is_over_soon_is_not_seen_then_it_is_a_bar_and_at_last_a_dialog(desk: Desk) -> None:
    desk.runner = runner = Later()
    ended: list[str] = []
    WorkDialog.start(desk, "Count", lambda _tell: "soon", ended.append)
    found = under_way(desk)
    assert (found.seen, found.bar) == (False, False)
    look, bar, whole = runner.timers
    bar()
    assert (found.seen, found.bar) == (False, True)
    look()
    whole()
    assert found.seen
    runner.answer()
    assert (ended, desk.dialogs) == (["soon"], [])


def test_nothing_comes_up_of_work_that_is_over(desk: Desk) -> None:
    desk.runner = runner = Later()
    drawn: list[bool] = []
    WorkDialog.start(desk, "Count", lambda _tell: "", lambda _end: None)
    under_way(desk).subscribe(lambda: drawn.append(True))
    runner.answer()
    for late in runner.timers:
        late()
    assert (drawn, desk.dialogs) == ([], [])


def test_whoever_stops_work_at_once_sees_that_it_stops(desk: Desk) -> None:
    desk.runner = Later()
    WorkDialog.start(desk, "Count", lambda _tell: "", lambda _end: None)
    desk.key("Escape")
    found = under_way(desk)
    assert (found.seen, found.cancelled.is_set()) == (True, True)
    assert found.text.startswith("Stopping")


def test_at_a_window_the_page_stays_as_it_is_and_out_of_reach_until_it_takes_long(window: Any, till: Any) -> None:
    driver, goes_on, ended = window(), threading.Event(), list[str]()
    later: list[Any] = []
    driver.desk.runner.later = lambda _ms, run: later.append(run)

    def work(_tell: Any) -> str:
        goes_on.wait(30)
        return "done"

    WorkDialog.start(driver.desk, "Count", work, ended.append)
    driver.settle(lambda: driver.sell.main.veiled)
    sheet = driver.window.sheets[under_way(driver.desk)]
    assert not any(key.startswith("veil") for key in driver.sell.main._items)
    assert not sheet.winfo_ismapped()
    driver.tap("tile.0")
    assert till.cart.lines == []  # one thing at a time
    later[1]()
    driver.settle(lambda: sheet.winfo_ismapped())
    assert sheet.winfo_height() == driver.window.kit.px(4)
    later[2]()
    driver.settle(lambda: sheet.winfo_height() > 100)
    assert any(key.startswith("veil") for key in driver.sell.main._items)
    goes_on.set()
    driver.settle(lambda: ended)
    driver.settle(lambda: not driver.sell.main.veiled)
    assert (ended, driver.desk.dialogs) == (["done"], [])
