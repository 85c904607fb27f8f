"""A display of our own for each worker, windows that are torn down with their faults, and real keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genesis.plugin.app import App
from genesis.shell import words
from genesis.shell.app import Shell
from genesis.shell.preferences import PreferencesFile
from genesis.shell.vm.cashier import CashierVM
from genesis.shell.vm.desk import Desk
from genesis.testkit.stores import as_plugin
from genesis.upkeep import catalogues
from tests.shell.desks import make_desk
from tests.shell.driver import Driver
from tests.shell.goods import Goods
from tests.shell.memory import MemoryTill
from tests.shell.spoken import ROOT

THEMES = Path(__file__).parents[2] / "themes"


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """Start Xvfb on a free display; without it: fail where CI is set, else skip loudly."""
    missing = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
    if missing or sys.platform != "linux":
        reason = f"no real window can be tested: {', '.join(missing) or sys.platform} is missing"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    read, write = os.pipe()
    size = "1920x1080x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-dpi", "96", "-nolisten", "tcp", "-noreset"],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        name = f":{pipe.readline().strip()}"
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = name
    yield name
    if before is None:
        del os.environ["DISPLAY"]
    else:
        os.environ["DISPLAY"] = before
    server.terminate()
    server.wait(10)


@pytest.fixture
def till() -> MemoryTill:
    return MemoryTill()


@pytest.fixture
def desk(till: MemoryTill) -> Desk:
    """The desk of a register in memory, without a window."""
    return make_desk(till)


@pytest.fixture
def cashier(desk: Desk) -> CashierVM:
    """The selling screen's view-model."""
    vm = desk.screens["sell"]
    assert isinstance(vm, CashierVM)
    return vm


@pytest.fixture
def window(display: str, till: MemoryTill) -> Iterator[Callable[..., Driver]]:
    """`window(size=..., theme=..., scale=...)`: an open window on the register in memory."""
    from genesis.shell.preferences import PreferencesFile
    from genesis.shell.session import Look, Session
    from genesis.shell.window import Window

    looks = [
        Look("daylight", "Daylight", THEMES / "genesis_daylight" / "light" / "theme.json"),
        Look("daylight_dark", "Night", THEMES / "genesis_daylight" / "dark" / "theme.json"),
        Look("contrast", "High contrast", THEMES / "genesis_contrast" / "theme.json"),
        Look("bistro", "Bistro", THEMES / "genesis_bistro" / "light" / "theme.json"),
        Look("bistro_dark", "Bistro at night", THEMES / "genesis_bistro" / "dark" / "theme.json"),
    ]
    open_windows: list[Driver] = []

    def make(
        size: tuple[int, int] = (1280, 800),
        theme: str = "",
        scale: float = 1.0,
        more: tuple[Look, ...] = (),
        *,
        ready: bool = True,
        **session: Any,
    ) -> Driver:
        preferences = PreferencesFile(None)
        preferences.change(theme=theme, scale=scale)
        driver = Driver(Window(Session(till, [*looks, *more], **session), preferences, size))
        open_windows.append(driver)
        if ready:
            driver.ready()
        return driver

    yield make
    for driver in open_windows:
        driver.close()


@pytest.fixture
def shell(display: str, store: Callable[..., App]) -> Iterator[Callable[..., tuple[Driver, App]]]:
    opened: list[tuple[Shell, Driver]] = []

    def make(house: App | None = None) -> tuple[Driver, App]:
        house = house or store("cash", "discounts", "daylight", "contrast", extra=as_plugin(Goods(), "goods"))
        made = Shell(house, PreferencesFile(None), computer="en_US")
        driver = Driver(made.window)
        driver.shell = made
        opened.append((made, driver))
        return driver, house

    yield make
    for made, _driver in opened:
        faults, made.window.faults = list(made.window.faults), []
        made.close()
        assert not faults, faults


@pytest.fixture
def speaking() -> Iterator[Callable[[str], None]]:
    folders = [folder for folder in catalogues.domains(ROOT) if folder.parts[-3] != "genesis"]
    yield lambda language: words.speak(language, folders)
    words.speak("en_US")


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """Whatever a test speaks, the next one is in English."""
    yield
    if words.locale() != "en_US":
        words.speak("en_US")
