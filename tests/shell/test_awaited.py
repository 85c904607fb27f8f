"""While a page waits for its cards and rows, what stands there already stays where it is."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from genesis import Column, Figure, ListPage, PageRow, Query, Rows, Screen, hookimpl
from genesis.shell.views.listpage import ListPageView
from genesis.testkit.stores import as_plugin
from tests.shell.goods import Goods

ROWS = 200


class Late:
    """Brings a page whose cards, and whose rows past the first, come when they are let go."""

    cards: Event
    rows: Event
    figures: tuple[Figure, ...]
    asked = 0

    @hookimpl
    def screens(self) -> list[Screen]:
        return [Screen(id="list", title="Late", icon="list", page=f"{__name__}:page", permission="register.sell")]


def page(_pos: Any) -> ListPage:
    return ListPage(columns=(Column(id="name", title="Name", wide=True),), rows=_rows, cards=_cards, hint="Name")


def _rows(_pos: Any, query: Query) -> Rows:
    if query.offset:
        assert Late.rows.wait(10)
    end = min(query.offset + query.limit, ROWS)
    return Rows(
        rows=tuple(PageRow(id=str(n), cells=(f"{n}",), icon="box") for n in range(query.offset, end)), total=ROWS
    )


def _cards(_pos: Any) -> tuple[Figure, ...]:
    Late.asked += 1
    assert Late.cards.wait(10)
    return Late.figures


@pytest.fixture
def late(shell: Any, store: Any) -> Any:
    Late.cards, Late.rows, Late.figures = Event(), Event(), (Figure(id="sum", title="Sum", value="7"),)
    driver, _house = shell(store("cash", "daylight", extra=as_plugin(Goods(), "goods") | as_plugin(Late(), "late")))
    driver.ready()
    driver.tap("rail.late.list")
    driver.settle(lambda: "row.0" in view(driver).main.hots)
    yield driver
    Late.cards.set()
    Late.rows.set()


def view(driver: Any) -> ListPageView:
    found = driver.window.views["late.list"]
    assert isinstance(found, ListPageView)
    return found


def places(driver: Any) -> dict[str, Any]:
    """Return where the table, the search field and the first row stand, and the heading."""
    main = view(driver).main
    items = {key: main.bbox(main._items[key].number) for key in ("table", "head.name")}
    return {**items, "row": main.hots["row.0"].box}


def test_the_list_does_not_move_when_its_cards_come(late: Any) -> None:
    before = places(late)
    assert not view(late).vm.cards
    Late.cards.set()
    late.settle(lambda: "card.sum.title" in view(late).main._items)
    assert places(late) == before


def test_a_page_without_cards_keeps_no_room_for_them(late: Any) -> None:
    before = places(late)["row"]
    Late.figures = ()
    Late.cards.set()
    late.settle(lambda: not view(late).vm.awaited)
    there = places(late)["row"]
    assert there.y < before.y - 92
    view(late).vm.reload()  # it is known from now on
    late.settle(lambda: "row.0" in view(late).main.hots)
    assert places(late)["row"] == there


def test_cards_are_asked_for_where_they_are_shown(late: Any) -> None:
    late.window.root.geometry("1280x400")
    late.settle(lambda: late.window.root.winfo_height() == 400)
    Late.cards.set()
    late.settle(lambda: view(late).vm.cards)
    Late.asked = 0
    view(late).vm.reload()
    late.settle(lambda: "row.0" in view(late).main.hots)
    assert Late.asked == 0
    late.window.root.geometry("1280x800")
    late.settle(lambda: Late.asked)
    view(late).vm.reload()
    late.settle(lambda: Late.asked == 2)


def test_the_columns_stay_where_they_are_while_rows_are_awaited(late: Any) -> None:
    before = places(late)["head.name"]
    late.desk.key("End")
    late.settle(lambda: "row.0.wait" in view(late).main._items)
    main = view(late).main
    assert main.bbox(main._items["head.name"].number) == before
    Late.rows.set()
    late.settle(lambda: "row.0.name" in main._items)
    assert main.bbox(main._items["head.name"].number) == before
