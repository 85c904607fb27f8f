"""Under a window manager: how the window was left is how it opens, and the keys stay with the till."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import tkinter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genesis.shell.preferences import Preferences, PreferencesFile
from genesis.shell.session import Session
from genesis.shell.window import Window
from tests.shell.driver import Driver
from tests.shell.memory import MemoryTill, code
from tests.shell.screens_of_x import Monitors

SCREEN = (1920, 1080)
PLACE = "1100x720+170+150"


@pytest.fixture(scope="module")
def managed(display: str) -> Iterator[str]:
    """Openbox manages the windows of the display for a while; without it: fail where CI is set, else skip loudly."""
    missing = [tool for tool in ("openbox", "xprop") if shutil.which(tool) is None]
    if missing:
        reason = f"no managed window can be tested: {', '.join(missing)} is missing"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    manager = subprocess.Popen(["openbox", "--sm-disable"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 10
    while b"window id" not in root_property("_NET_SUPPORTING_WM_CHECK"):
        assert manager.poll() is None, "openbox did not start"
        assert time.monotonic() < end, "openbox does not manage"
    assert any(manages() for _try in range(6)), "openbox shows no window"
    yield display
    manager.terminate()
    manager.wait(10)


def manages() -> bool:
    """Show a window of no consequence: one that comes while a manager starts may never be shown."""
    root, end = tkinter.Tk(), time.monotonic() + 5
    while time.monotonic() < end and not root.winfo_viewable():
        root.update()
        time.sleep(0.01)
    shown = bool(root.winfo_viewable())
    root.destroy()
    return shown


def root_property(name: str) -> bytes:
    return subprocess.run(["xprop", "-root", name], capture_output=True, check=True).stdout


@pytest.fixture
def opened(managed: str, till: MemoryTill, tmp_path: Path) -> Iterator[Callable[..., Driver]]:
    """`opened(maximised=..., ...)`: the till as it opens with what was kept so far and these wishes."""
    file = tmp_path / "shell.json"
    drivers: list[Driver] = []

    def make(**wishes: Any) -> Driver:
        for driver in drivers:
            driver.close()
        preferences = PreferencesFile(file)
        if wishes:
            preferences.change(**wishes)
        driver = Driver(Window(Session(till), preferences))
        drivers[:] = [driver]
        driver.settle(lambda: "sell" in driver.window.views and driver.sell.main.hots, timeout=30)
        driver.settle(lambda: driver.window.root.focus_get() is driver.sell.scan.entry)
        return driver

    yield make
    for driver in drivers:
        driver.close()


def kept(tmp_path: Path) -> Preferences:
    return PreferencesFile(tmp_path / "shell.json").value


def size(driver: Driver) -> tuple[int, int]:
    root = driver.window.root
    return root.winfo_width(), root.winfo_height()


def place(driver: Driver, wanted: str) -> None:
    driver.window.root.geometry(wanted)
    driver.settle(lambda: driver.window.root.geometry() == wanted)


def maximise(driver: Driver) -> None:
    """Double-click the title bar, as a person does."""
    root = driver.window.root
    driver._x("mousemove", root.winfo_rootx() + 300, root.winfo_rooty() - 8, "click", "--repeat", 2, "--delay", 60, 1)


def test_the_window_does_not_wander_from_start_to_start(opened, tmp_path):
    place(opened(), PLACE)
    for _start in range(2):
        driver = opened()
        assert kept(tmp_path).window == PLACE
        driver.settle(lambda driver=driver: driver.window.root.geometry() == PLACE)


def test_a_maximised_window_opens_maximised_and_goes_back_to_the_size_before(opened, tmp_path):
    driver = opened()
    place(driver, PLACE)
    maximise(driver)
    driver.settle(lambda: size(driver)[0] == SCREEN[0])
    again = opened()
    assert (kept(tmp_path).maximised, kept(tmp_path).window) == (True, PLACE)
    again.settle(lambda: size(again)[0] == SCREEN[0] and again.window.root.attributes("-zoomed"))
    maximise(again)
    again.settle(lambda: size(again) == (1100, 720))
    last = opened()
    assert not kept(tmp_path).maximised
    last.settle(lambda: size(last) == (1100, 720))


def test_full_screen_comes_and_goes_with_its_key_and_is_kept(opened, tmp_path):
    driver = opened()
    place(driver, PLACE)
    driver.press("F11")
    driver.settle(lambda: size(driver) == SCREEN)
    again = opened()
    assert (kept(tmp_path).full_screen, kept(tmp_path).maximised, kept(tmp_path).window) == (True, False, PLACE)
    again.settle(lambda: size(again) == SCREEN)
    again.press("F11")
    again.settle(lambda: size(again) == (1100, 720))


def test_full_screen_from_a_maximised_window_leads_back_to_it(opened, tmp_path):
    driver = opened()
    place(driver, PLACE)
    maximise(driver)
    driver.settle(lambda: size(driver)[0] == SCREEN[0])
    driver.press("F11")
    driver.settle(lambda: size(driver) == SCREEN)
    again = opened()
    assert (kept(tmp_path).full_screen, kept(tmp_path).maximised, kept(tmp_path).window) == (True, True, PLACE)
    again.settle(lambda: size(again) == SCREEN)
    again.press("F11")
    again.settle(lambda: size(again)[0] == SCREEN[0] and size(again)[1] < SCREEN[1])


def test_the_customers_window_does_not_take_the_keys_from_the_till(opened, till):
    driver = opened(display="window")
    driver.settle(lambda: driver.window.display.top is not None and driver.window.display.top.winfo_viewable())
    top = driver.window.display.top
    assert top is not None
    driver.scan(code(0))
    driver.settle(lambda: till.cart.lines)
    driver._x("mousemove", top.winfo_rootx() + 200, top.winfo_rooty() + 200, "click", 1)
    driver.scan(code(2))
    driver.settle(lambda: len(till.cart.lines) == 2)


def test_a_second_monitor_is_filled_by_the_customers_window_and_the_till_opens_on_its_own(opened, managed, till):
    screens = Monitors(managed)
    screens.plug("LEFT", 0, 0, 1120, 1080)
    screens.plug("RIGHT", 1120, 0, 800, 600)
    try:
        driver = opened(display="monitor", window="1000x700+60+60")
        driver.settle(lambda: driver.window.display.top is not None and driver.window.display.top.winfo_viewable())
        top = driver.window.display.top
        assert top is not None
        assert (top.winfo_rootx(), top.winfo_rooty(), top.winfo_width(), top.winfo_height()) == (1120, 0, 800, 600)
        maximise(driver)
        driver.settle(lambda: size(driver)[0] == 1120)
        driver.press("F11")
        driver.settle(lambda: size(driver) == (1120, 1080))
        driver.scan(code(0))
        driver.press("F4")
        driver.settle(lambda: driver.desk.dialogs)
        driver.press("3", "Return")
        driver.settle(lambda: till.cart.lines and till.cart.lines[0].qty == 3000)
        assert top.winfo_viewable()
    finally:
        screens.close()
