"""In a narrow window columns give way, and what stood in them is said below the name."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from genesis import Cell, Column, ListPage, Rows
from genesis.demo.store import fill
from genesis.shell.kit.geometry import Box
from genesis.shell.views.page_layout import WIDEST, WIDTHS, beneath, cells
from genesis.shell.views.rows import RowsArea
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.listpage import ListPageVM
from tests.shell.geometry import texts
from tests.shell.office import show


def test_where_room_is_short_texts_give_way_before_figures() -> None:
    columns = [Column(id=kind, title=kind, kind=kind) for kind in WIDTHS]  # type: ignore[arg-type]
    wide = cells(Box(0, 0, 1200, 48), columns, {}, ticks=True, icons=True)
    assert list(wide) == [column.id for column in columns]
    narrow = cells(Box(0, 0, 360, 48), columns, {}, ticks=False, icons=False)
    assert list(narrow) == ["number", "money"]
    told = cells(Box(0, 0, 1200, 48), columns, {"bar": 90.0, "money": 900.0}, ticks=True, icons=True)
    assert (told["bar"].w, told["money"].w) == (WIDTHS["bar"], WIDEST)  # a heading is whole, up to a measure
    places = list(wide.values())
    assert all(a.right + 12 <= b.x for a, b in pairwise(places))
    assert wide["date"].x - wide["money"].right == 24  # one stands right, the other left


def test_what_gave_way_is_said_below_the_name_with_its_heading_where_it_needs_one(desk: Desk) -> None:
    kinds = ("text", "date", "badge", "number")
    columns = [Column(id="name", title="Name", wide=True)]
    columns += [Column(id=kind, title=kind.title(), kind=kind) for kind in kinds]  # type: ignore[arg-type]
    places = {"name": Box(0, 0, 200, 48), "badge": Box(212, 0, 124, 48)}
    name, hidden = beneath(columns, places)
    assert (name, [column.id for column in hidden]) == ("name", ["text", "date", "number"])
    nothing = ListPage(columns=(), rows=lambda _pos, _query: Rows(rows=(), total=0))
    area = RowsArea(ListPageVM(desk, "Things", lambda: nothing, None))
    told = ("Tea", "2024-09-02", "Open", "7")
    assert [area._said(column, Cell(text=text)) for column, text in zip(columns[1:], told, strict=True)] == [
        "Tea", "Date Sep 2, 2024", "Open", "Number 7",
    ]  # fmt: skip
    assert area._said(columns[1], Cell(text="–")) == ""
    assert area._said(columns[2], Cell(text="")) == ""


def test_what_has_no_column_of_its_own_in_a_narrow_window_stands_below_the_name(shell: Any, store: Any) -> None:
    house = store("barcodes", "catalog", "tax", "cash", "customers", "daylight")
    fill(house)
    house.register.scan("9520000010010")
    house.register.pay("cash")
    driver, _house = shell(house)
    driver.ready()
    driver.window.root.geometry("700x500")
    show(driver, "sales")
    main = driver.window.views["sales"].main
    driver.settle(lambda: main.area.w < 650 and "row.0.total" in main._items)
    shown = {key.removeprefix("row.0."): text for key, (text, _box) in texts(main).items() if key.startswith("row.0.")}
    assert "actor" not in shown
    assert (shown["number"], shown["number.small"]) == ("R1-00000001", "Owner")
    driver.window.go("customers.people")
    show(driver, "customers.people")
    main = driver.window.views["customers.people"].main
    driver.settle(lambda: "row.0.name" in main._items)
    assert texts(main)["row.0.name.small"][0] == "arthur@example.com · Silver"


def test_the_name_and_figures_stay_before_what_grows_beside_them() -> None:
    columns = [
        Column(id="name", title="Name", wide=True),
        Column(id="kind", title="Kind", wide=True),
        Column(id="state", title="State", kind="badge"),
    ]
    assert list(cells(Box(0, 0, 380, 48), columns, {}, ticks=False, icons=True)) == ["name", "state"]
    columns = [
        Column(id="name", title="Name", wide=True),
        Column(id="price", title="Price", kind="money"),
        Column(id="stock", title="Stock", kind="bar"),
    ]
    assert list(cells(Box(0, 0, 380, 48), columns, {}, ticks=False, icons=True)) == ["name", "price"]


def test_a_page_may_have_no_columns() -> None:
    assert cells(Box(0, 0, 380, 48), [], {}, ticks=False, icons=False) == {}
