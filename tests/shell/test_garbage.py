"""What Tk has to hear of is collected on the thread of the window alone."""

from __future__ import annotations

import gc
import threading
import tkinter
import weakref

from genesis.kernel.fields import FieldSpec
from genesis.shell.vm.form import FormDialog
from tests.shell.scenes import fill

FEW = 10  # widgets and variables; what stayed of a dialog or a shell would be more each time
WAIT = 10.0  # s that a worker is given; a held one would stay for ever


def collect() -> None:
    """Make garbage until the collector has run through all generations, if it may run."""
    for _ in range(2_000_000):
        ring: list[object] = []
        ring.append(ring)


def test_a_worker_that_collects_while_the_window_waits_for_it_is_not_held(window):
    driver = window()
    desk, root = driver.desk, driver.window.root
    ended: list[bool] = []

    def wait() -> None:
        worker = threading.Thread(target=collect, daemon=True)
        worker.start()
        worker.join(WAIT)
        ended.append(not worker.is_alive())
        root.quit()

    desk.open(FormDialog(desk, "A form", "", (FieldSpec(name="name", label="Name"),), lambda *_a: None))
    driver.settle(lambda: driver.window.sheets)
    desk.key("Escape")
    driver.settle(lambda: not driver.window.sheets)
    root.after(1, wait)
    root.mainloop()
    assert ended == [True]


def of_tk() -> int:
    """Return how many widgets and variables of Tk there are once all garbage is gone."""
    gc.collect()
    return sum(isinstance(one, tkinter.Misc | tkinter.Variable) for one in gc.get_objects())


def test_nothing_stays_of_a_dialog_that_was_closed(window, till):
    driver = window()
    fill(driver, till)

    def once() -> int:
        for name in ("F4", "F5", "F6", "Ctrl+K", "F3", "Shift+F7", "Shift+Delete", "F8", "F9"):
            driver.desk.key(name)
            driver.settle(lambda: driver.window.sheets)
            while driver.desk.dialogs:
                driver.desk.key("Escape")
            driver.settle(lambda: not driver.window.sheets)
        return of_tk()

    first = once()  # some are kept on purpose, once
    assert max(once(), once()) < first + FEW


def test_nothing_stays_of_a_shell_that_was_drawn_anew(shell):
    driver, house = shell()
    broken = "goods.broken"  # pytest's log keeps its traceback, and that all it speaks of
    pages = [screen.id for screen in driver.window.session.screens if screen.id != broken]

    def once() -> int:
        for page in (*pages, "sell"):
            driver.window.go(page)
            driver.settle(lambda page=page: page in driver.window.views)
        house.restart()
        driver.settle(lambda: list(driver.window.views) == ["sell"])
        return of_tk()

    first = once()
    assert max(once(), once()) < first + FEW


def test_a_window_that_is_closed_says_nothing_to_tk_when_it_is_collected_elsewhere(window, recwarn):
    gc.collect()  # fonts of windows before this one wait for Tk, a second each, when they go elsewhere
    driver = window()
    driver.desk.open(FormDialog(driver.desk, "A form", "", (FieldSpec(name="name", label="Name"),), lambda *_a: None))
    driver.settle(lambda: driver.window.sheets)
    [sheet] = driver.window.sheets.values()
    variables = [
        weakref.ref(one) for one in gc.get_objects() if isinstance(one, tkinter.Variable) and one._tk is sheet.tk
    ]
    driver.desk.key("Escape")
    driver.settle(lambda: not driver.window.sheets)
    del sheet
    elsewhere = threading.Thread(target=gc.collect)
    elsewhere.start()
    elsewhere.join()
    assert None in [one() for one in variables]
