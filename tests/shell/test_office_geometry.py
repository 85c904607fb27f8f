"""Nothing a shop sees is clipped in the languages with the longest words and in a mirror: its till and its office."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest

from genesis.shell import words
from genesis.shell.app import Shell
from genesis.shell.preferences import PreferencesFile
from tests.shell.driver import Driver
from tests.shell.geometry import faults
from tests.shell.office import busy_store, office_scenes
from tests.shell.shop_scenes import shop_scenes


@pytest.mark.parametrize(
    ("language", "size", "scale"),
    [("en_US", "1024x600", 1.0), ("de", "1024x600", 1.0), ("ar", "1024x600", 1.0), ("en_US", "1280x800", 2.0)],
)
def test_nothing_of_the_till_and_the_office_is_clipped(
    display: str, store: Callable[..., Any], language: str, size: str, scale: float
) -> None:
    preferences = PreferencesFile(None)
    preferences.change(scale=scale)
    shell = Shell(busy_store(store), preferences, computer=language)
    shell.window.root.geometry(size)
    driver, found, seen = Driver(shell.window), list[str](), set[str]()
    driver.ready()
    for scene in chain(shop_scenes(driver), office_scenes(driver)):
        driver.settle()
        seen.add(scene)
        for name, pane in driver.panes():
            if pane.winfo_ismapped():  # what stands in a drawer scrolls
                scrolls = scene.endswith("_open") or type(pane).__name__ == "LinesPane"
                found += faults(f"{scene}/{name}", pane, 42 if scale == 1 else 36, scrolls=scrolls)
    shell.close()
    words.speak("en_US")
    assert len(seen) > 50
    assert not found, "\n".join(found)
