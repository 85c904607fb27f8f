"""The lines of the cart: whole ones only, and it is seen that there are others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from genesis.shell.views.lines import CHOSEN, ROW, LinesPane, whole
from tests.shell.geometry import faults, texts
from tests.shell.office import show
from tests.shell.scenes import fill

HEIGHTS = st.lists(st.sampled_from([ROW, CHOSEN]), min_size=1, max_size=40)


@given(HEIGHTS, st.integers(100, 900), st.integers(-5, 50), st.data())
def test_as_many_whole_rows_as_fit_are_in_sight(heights: list[float], room: int, top: int, data: Any) -> None:
    seen = data.draw(st.one_of(st.none(), st.integers(0, len(heights) - 1)))
    first, end = whole(heights, room, top, seen)
    assert 0 <= first < end <= len(heights)
    shown = sum(heights[first:end])
    assert shown <= room or end - first == 1
    assert end == len(heights) or shown + heights[end] > room  # not one more below
    assert end < len(heights) or first == 0 or shown + heights[first - 1] > room  # nor above at the end
    assert seen is None or first <= seen < end


SIZES = [((1280, 800), 1.0), ((1024, 600), 1.0), ((1280, 800), 2.0), ((800, 600), 1.0), ((800, 600), 2.0)]


@pytest.mark.parametrize(("size", "scale"), SIZES)
def test_no_line_of_the_cart_is_cut_and_the_others_are_told_of(window: Any, till: Any, size: Any, scale: float) -> None:
    driver = window(size=size, scale=scale)
    for item in range(12):
        till.add(f"m:{item}", 1000)
    cashier = driver.window.cashier
    for chosen in (0, 5, 11):
        cashier.selected = till.cart.lines[chosen].id
        cashier.opened()
        driver.settle()
        pane = next(pane for _name, pane in driver.panes() if isinstance(pane, LinesPane))
        assert faults("lines", pane, 32) == []
        assert f"line.{cashier.selected}" in pane.hots
        assert "bar" in pane._items
        below = 12 - pane.top - len([key for key in pane.hots if key.count(".") == 1])
        assert texts(pane).get("others", (f"{below or pane.top} more",))[0] == f"{below or pane.top} more"


def test_lines_scroll_by_whole_rows(window: Any, till: Any) -> None:
    driver = window()
    for item in range(12):
        till.add(f"m:{item}", 1000)
    driver.window.cashier.opened()
    driver.settle()
    pane: Any = next(pane for _name, pane in driver.panes() if isinstance(pane, LinesPane))
    pane.on_scroll(-60.0 * 20)
    driver.settle()
    assert pane.top == 0
    for _ in range(4):
        pane.on_scroll(20.0)
    driver.settle()
    assert pane.top == 1
    pane.on_scroll(60.0 * 20)
    driver.settle()
    assert f"line.{till.cart.lines[11].id}" in pane.hots
    assert pane.top + len([key for key in pane.hots if key.count(".") == 1]) == 12


def test_where_rows_have_no_room_it_is_said(window: Any, till: Any) -> None:
    driver = window(size=(1280, 800), scale=2.0)
    driver.desk.key("Ctrl+K")
    driver.settle()
    _name, pane = driver.panes()[0]
    assert "bar" in pane._items
    driver.desk.key("Escape")
    fill(driver, till)
    driver.desk.key("Shift+F7")
    driver.settle()
    _name, pane = driver.panes()[0]
    assert "bar" in pane._items
    assert faults("split", pane, 32) == []
    driver.desk.key("Escape")
    driver.window.cashier.write("tea")
    driver.window.cashier.look()
    driver.settle(lambda: driver.window.cashier.hits)
    assert "bar" in driver.sell.main._items
    driver.window.cashier.escape()
    driver.desk.key("F3")
    driver.settle()
    _name, pane = driver.panes()[0]
    assert "bar" not in pane._items


def test_a_drawer_says_that_it_scrolls_and_has_no_empty_foot(shell: Any, store: Any) -> None:
    driver, _house = shell(store("cash", "daylight"))
    driver.ready()
    driver.window.root.geometry("1024x600")
    vm = show(driver, "settings", row=True)
    side = driver.window.views["settings"].side
    driver.settle(lambda: "bar" in side._items)
    assert "drawer.line" in side._items
    vm.close_drawer()
    show(driver, "help", row=True)
    side = driver.window.views["help"].side
    driver.settle(lambda: "drawer.title" in side._items)
    assert not {"bar", "drawer.line"} & set(side._items)  # short, and nothing can be done with it
    side.on_scroll(60.0)
    driver.settle()
    assert driver.desk.screens["help"].drawer.scroll == 0
