"""No page of the back office is clipped in the languages with the longest words and in a mirror."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from genesis.shell import words
from genesis.shell.app import Shell
from genesis.shell.preferences import PreferencesFile
from tests.shell.driver import Driver
from tests.shell.geometry import faults
from tests.shell.office import busy_store, office_scenes


@pytest.mark.parametrize("language", ["en_US", "de", "ar"])
def test_no_page_of_the_back_office_is_clipped(display: str, store: Callable[..., Any], language: str) -> None:
    shell = Shell(busy_store(store), PreferencesFile(None), computer=language)
    shell.window.root.geometry("1024x600")
    driver, found, seen = Driver(shell.window), list[str](), set[str]()
    driver.ready()
    for scene in office_scenes(driver):
        driver.settle()
        seen.add(scene)
        for name, pane in driver.panes():
            if pane.winfo_ismapped():  # what stands in a drawer scrolls
                found += faults(f"{scene}/{name}", pane, 42, scrolls=scene.endswith("_open"))
    shell.close()
    words.speak("en_US")
    assert len(seen) > 20
    assert not found, "\n".join(found)
