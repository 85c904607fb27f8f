"""The strip below the tiles: keys, and what is said in their place; and what tiles say of the cart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from genesis.plugin.app import App
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.views import toast
from genesis.shell.views.tile import draw_tile
from tests.shell.driver import Driver
from tests.shell.geometry import texts


def test_the_way_to_everything_is_among_the_keys_at_any_width(shell: Callable[..., tuple[Driver, App]]) -> None:
    driver, _house = shell()
    driver.ready()
    root = driver.window.root
    assert texts(driver.sell.main)["hint.Ctrl K.title"][0] == "All"
    root.geometry("1024x600")
    driver.settle(lambda: root.winfo_width() == 1024)
    assert texts(driver.sell.main)["hint.Ctrl K.title"][0] == "All"


def test_what_is_said_while_the_window_had_no_time_is_not_taken_away_with_what_was_said_before(
    window: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = window()
    monkeypatch.setattr(toast, "SHOWN", 0)
    driver.desk.say("The open sale was resumed")
    driver.window.show()
    driver.desk.say("The database is busy", "bad")
    driver.window.root.update()
    assert driver.desk.toast.text == "The database is busy"
    driver.desk.say("Done", "good")
    driver.settle(lambda: driver.desk.toast is None)


def test_goods_that_come_back_by_weight_are_counted_as_coming_back(window: Any) -> None:
    driver = window()
    tile = driver.sell.vm.tiles.tiles[0]
    pane = Pane(driver.window.root, driver.window.kit, lambda _p: None)
    for in_cart, said in ((2_000, "2"), (1_240, "1"), (-1_240, "−1"), (-1_000, "−1")):
        draw_tile(pane, "tile", Box(0, 0, 180, 138), tile, driver.sell.vm, in_cart)
        assert pane._items["tile.count.text"].options["text"] == said
