"""The window opens as it was left: size, place and page; and where it can be seen, whatever became of the screen."""

from __future__ import annotations

import pytest

from genesis.shell.preferences import Preferences, PreferencesFile
from genesis.shell.session import Session
from genesis.shell.standing import geometry
from genesis.shell.window import Window
from tests.shell.driver import Driver

SCREEN, USUAL = (1920, 1080), (1280, 800)


@pytest.mark.parametrize(
    ("kept", "opens"),
    [
        ("", "1280x800"),
        ("1000x700+40+60", "1000x700+40+60"),
        ("1000x700+-20+60", "1000x700+-20+60"),
        ("3000x2000+0+0", "1920x1080+0+0"),
        ("1000x700+2500+60", "1000x700"),  # on a screen that is gone
        ("1000x700+40+-300", "1000x700"),  # its title could not be reached
        ("nonsense", "1280x800"),
        ("1000x700+40", "1280x800"),
    ],
)
def test_a_window_opens_where_it_can_be_seen(kept, opens):
    assert geometry(kept, USUAL, SCREEN) == opens


def test_the_window_comes_back_as_it_was_left(display, till, tmp_path):
    file = tmp_path / "shell.json"
    for opened in (USUAL, (1100, 720)):
        window = Window(Session(till), PreferencesFile(file), USUAL)
        driver = Driver(window)
        driver.ready()
        assert (window.root.winfo_width(), window.root.winfo_height()) == opened
        window.root.geometry("1100x720+70+50")
        driver.settle(lambda root=window.root: root.winfo_width() == 1100 and root.winfo_x() == 70)
        driver.desk.scan("952000000000")
        driver.desk.key("F12")
        driver.close()
        kept = PreferencesFile(file).value
        assert (kept.window, kept.maximised, kept.page) == ("1100x720+70+50", False, "sell")


def test_a_window_that_fills_the_screen_keeps_the_size_before_that(display, till, tmp_path):
    file = PreferencesFile(tmp_path / "shell.json")
    file.change(full_screen=True, window="1100x720+70+50", maximised=True)
    Window(Session(till), file, USUAL).close()
    kept = file.value
    assert (kept.window, kept.maximised) == ("1100x720+70+50", True)
    assert Preferences().page == "sell"
