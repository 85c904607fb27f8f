"""Nothing is clipped, overlaps or is too small to touch, on any screen, at any size and scale."""

from __future__ import annotations

import logging

import pytest

from tests.shell.geometry import faults, texts
from tests.shell.scenes import scenes

SIZES = [
    pytest.param((1280, 800), 1.0, 48, id="1280x800"),
    pytest.param((1024, 600), 1.0, 42, id="1024x600"),
    pytest.param((1920, 1080), 1.0, 48, id="1920x1080"),
    pytest.param((1280, 800), 1.5, 40, id="1280x800 at 150 %"),
    pytest.param((1280, 800), 2.0, 32, id="1280x800 at 200 %"),
    pytest.param((1920, 1080), 2.0, 40, id="1920x1080 at 200 %"),
    pytest.param((1024, 600), 2.0, 32, id="1024x600 at as much of 200 % as fits"),
]


# The languages with the longest words, at the sizes with the least room.
LANGUAGES = ("de", "es", "fr", "ar")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("size", "scale", "least"), [SIZES[0], SIZES[1], SIZES[4]])
def test_nothing_is_clipped_in_another_language(window, till, size, scale, least, language, speaking):
    speaking(language)
    test_nothing_is_clipped_or_overlaps(window, till, size, scale, least)


@pytest.mark.parametrize(("size", "scale", "least"), SIZES)
def test_a_large_amount_is_written_small_but_whole(window, till, size, scale, least):
    driver = window(size=size, scale=scale)
    till.add("m:0", 1000, 9_999_999_00_00)
    driver.window.cashier.opened()
    driver.desk.key("F12")
    driver.settle()
    panes = [pane for name, pane in driver.panes() if name == "PaymentView" and pane.winfo_ismapped()]
    shown = {key: text for pane in panes for key, (text, _box) in texts(pane).items()}
    assert "…" not in shown["amount.value"] + shown["due"]
    assert shown["amount.value"] == driver.desk.formats.money(till.sale().due)


@pytest.mark.parametrize(("size", "scale", "least"), SIZES)
def test_nothing_is_clipped_or_overlaps(window, till, size, scale, least):
    logging.getLogger("genesis.shell").disabled = True
    driver = window(size=size, scale=scale)
    found, seen = [], []
    for scene in scenes(driver, till):
        driver.settle()
        seen.append(scene)
        for name, pane in driver.panes():
            if pane.winfo_ismapped():
                scrolls = type(pane).__name__ == "LinesPane"
                found += faults(f"{scene}/{name}", pane, least, scrolls=scrolls)
    logging.getLogger("genesis.shell").disabled = False
    assert len(seen) == 27
    assert not found, "\n".join(found)
