"""The navigation of the back office: every place is reached at any height, and what waits is said."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from genesis.shell.views.rail import Place, Rail
from tests.shell.driver import Driver
from tests.shell.geometry import faults

COUNTS = {"": 2, "catalog": 6, "stock": 9, "sales": 8, "office": 6}


class Navigation:
    """A rail over places that are made up; went: where it led; rest: what More offered."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.went, self.rest = driver, list[str](), list[str]()
        self.here, self.badges = "0", {"stock1": "6", "stock4": "5", "sales2": "new"}
        self.rail = Rail(driver.window.root, driver.window.kit, self.places, lambda: ("Store", "Ana"), self.more)

    def places(self) -> list[Place]:
        found = [Place("lock", "Lock", "lock", partial(self.went.append, "lock"))]
        for group, count in COUNTS.items():
            for number in range(count):
                name = f"{group}{number}"
                go = partial(self.went.append, name)
                found.append(Place(name, name.title(), "box", go, name == self.here, badge=self.badges.get(name, ""),
                                   group=group))  # fmt: skip
        return found

    def more(self, places: Any) -> None:
        self.rest = [place.id for place in places]

    def show(self, height: int, here: str = "") -> set[str]:
        """Draw the rail; returns the keys of its touch areas."""
        self.here = here or self.here
        self.rail.place(x=0, y=0, width=212, height=height)
        self.driver.settle(lambda: self.rail.winfo_height() == height)
        self.rail.redraw()
        assert faults("rail", self.rail, 42) == []
        return set(self.rail.hots)

    def touch(self, key: str) -> set[str]:
        self.rail.hots[key].run()
        return self.show(self.rail.winfo_height())

    def said(self, key: str) -> str:
        return str(self.rail._items[key].options["text"]) if key in self.rail._items else ""


@pytest.fixture
def navigation(window: Callable[..., Driver]) -> Navigation:
    return Navigation(window(size=(1280, 1700)))


ALL = {f"rail.{group}{number}" for group, count in COUNTS.items() for number in range(count)} | {"rail.lock"}
HEADS = {f"rail.group.{group}" for group in COUNTS if group}


def test_where_there_is_room_every_place_is_in_sight_and_headings_are_no_buttons(navigation: Navigation) -> None:
    assert navigation.show(1650) == ALL
    assert [navigation.said(f"group.{title}") for title in ("Catalog", "Back office")] == ["CATALOG", "BACK OFFICE"]


@pytest.mark.parametrize("height", [800, 600, 560])
def test_where_there_is_none_each_is_reached_under_its_heading_and_the_headings_stay(
    navigation: Navigation, height: int
) -> None:
    seen = navigation.show(height)
    for head in sorted(HEADS):
        navigation.touch(head)
        for _step in range(max(COUNTS.values())):
            keys = navigation.show(height)
            assert keys >= {*HEADS, "rail.0", "rail.1", "rail.lock"}
            seen |= keys
            navigation.rail._wheel(60.0, tkinter.Event())
    assert seen - {"rail.more"} == ALL | HEADS


def test_more_leads_to_the_rest_of_the_open_group(navigation: Navigation) -> None:
    keys = navigation.touch("rail.group.stock") if navigation.show(600) else set()
    navigation.touch("rail.more")
    assert navigation.rest
    assert {f"rail.{name}" for name in navigation.rest} == {key for key in ALL if "stock" in key} - keys


def test_the_group_of_the_page_in_sight_is_open_and_follows_it(navigation: Navigation) -> None:
    assert "rail.catalog0" in navigation.show(600)
    assert navigation.show(600, "stock8") >= {"rail.stock8"}
    assert "rail.sales0" in navigation.touch("rail.group.sales")  # a person looks elsewhere: it stays open
    assert "rail.sales0" in navigation.show(600)
    assert "rail.office5" in navigation.show(600, "office5")


def test_a_folded_heading_says_how_much_waits_below_it(navigation: Navigation) -> None:
    navigation.show(600)
    assert navigation.said("rail.group.stock.count.text") == "11"
    assert navigation.said("rail.group.sales.count.text") == ""  # it is no figure
    navigation.touch("rail.group.stock")
    assert navigation.said("rail.group.stock.count.text") == ""


def test_the_lock_stands_beside_the_person_at_any_height(navigation: Navigation) -> None:
    for height in (1650, 600):
        navigation.show(height)
        navigation.touch("rail.lock")
    assert navigation.went == ["lock", "lock"]
