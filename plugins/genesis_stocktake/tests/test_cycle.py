"""What is due by its class, counts of a list, and sheets that are written, filled in and read back."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from genesis import UserError
from genesis_stock import service as stock
from genesis_stock.models import StockRow
from genesis_stocktake import cycle, lists, posting, service, sheet
from genesis_stocktake.command import run


@pytest.fixture
def app(store: Any) -> Any:
    app = store("stock", "stocktake", "cash")
    rows = [StockRow(item=f"goods:{n}", name=n.title(), qty=100_000, cost=cost) for n, cost in COSTS.items()]
    stock.change(app.pos, "received", rows)
    return app


COSTS = {"salt": 10_000, "wine": 200_000, "cake": 30_000, "soap": 10_000}


def sold(app: Any, name: str, qty: int) -> None:
    """Issue goods as a sale would, which is what the classes are made from."""
    from genesis import Item

    app.register.add(Item(ref=f"goods:{name}", name=name.title()), qty, unit_price=10_000)
    app.register.pay("cash")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"a": 80, "b": 15, "c": 5}, "ABC"),
        ({"a": 79, "b": 11, "c": 10}, "AAB"),  # b begins below the mark of 80
        ({"a": 100, "b": 0, "c": -5}, "ACC"),  # nothing sold, or more came back
        ({"a": 0, "b": 0, "c": 0}, "CCC"),
        ({"b": 50, "a": 50, "c": 50}, "AAA"),
        ({"a": 95, "b": 4, "c": 1}, "ACC"),  # a alone fills both shares
    ],
)
def test_the_classes_are_made_from_what_the_goods_before_make_up(values, expected):
    found = cycle.classes(values, 80, 15)
    assert "".join(found[item] for item in "abc") == expected


def test_what_sells_the_most_is_due_the_most_often(app, clock):
    for name, qty in (("wine", 10_000), ("cake", 13_000), ("soap", 5_000)):  # 200, 39 and 5: 82 %, 16 %, 2 %
        sold(app, name, qty)
    assert [(one.kind, one.name, one.counted) for one in cycle.due(app.pos)] == [
        ("A", "Wine", ""), ("B", "Cake", ""), ("C", "Salt", ""), ("C", "Soap", "")
    ]  # fmt: skip
    key = service.start(app.pos, "All", items=tuple((one.item, one.name) for one in cycle.due(app.pos)))
    for row in sheet.wanted(app.pos, key):
        left = stock.on_hand(app.pos, row.item)
        service.enter_item(app.pos, key, _item(row), left)
    posting.post(app.pos, key)
    assert cycle.due(app.pos) == []
    app.clock.forward(days=29)
    assert cycle.due(app.pos) == []
    app.clock.forward(days=1)
    assert [(one.name, one.late) for one in cycle.due(app.pos)] == [("Wine", 0)]
    app.clock.forward(days=61)
    assert [(one.name, one.late) for one in cycle.due(app.pos)] == [("Wine", 61), ("Cake", 1)]
    app.settings.change("stocktake", {"days_a": 0})
    assert [one.name for one in cycle.due(app.pos)] == ["Cake"]


def _item(row: sheet.Wanted) -> Any:
    from genesis import Item

    return Item(ref=row.item, name=row.name)


def test_a_count_of_a_list_takes_nothing_else(app):
    key = service.start(app.pos, "Two", items=(("goods:wine", "Wine"), ("goods:cake", "Cake")))
    assert [row.name for row in sheet.wanted(app.pos, key)] == ["Cake", "Wine"]
    with pytest.raises(UserError, match="Salt is not on the list of Two") as refused:
        service.enter_item(app.pos, key, _item(sheet.Wanted("goods:salt", "Salt", "")), 1_000)
    assert refused.value.field == "code"


def test_a_sheet_is_filled_in_and_read_back_twice_and_counts_once(app, tmp_path, capsys):
    stock.change(app.pos, "received", [StockRow(item="goods:cake", name="Cake", qty=5_000, batch="L7", cost=30_000)])
    key = service.start(app.pos, "Shelf", blind=True)
    path = tmp_path / "sheet.csv"
    assert run(app.pos, ["sheet", "last", "--file", str(path)]) == 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["name"], row["batch"], row["counted"]) for row in rows] == [
        ("Cake", "", ""), ("Cake", "L7", ""), ("Salt", "", ""), ("Soap", "", ""), ("Wine", "", "")
    ]  # fmt: skip
    for row, said in zip(rows, ("99", "5", "100", "", "97.5"), strict=True):
        row["counted"] = said
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, sheet.COLUMNS)
        table.writeheader()
        table.writerows(rows)
    for _ in range(2):
        assert run(app.pos, ["read", "last", "--file", str(path)]) == 0
    assert "4 rows counted in Shelf" in capsys.readouterr().out
    assert [(row.name, row.batch, row.diff) for row in lists.rows_of(app.pos, key)] == [
        ("Cake", "", -1_000), ("Cake", "L7", 0), ("Salt", "", 0), ("Wine", "", -2_500)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("item,counted\ngoods:salt,7\ngoods:salt,x\n", "row 3: counted"),
        ("item,counted\ngoods:salt,-1\n", "row 2: counted: it is below zero"),
        ("item,counted\ngoods:other,1\n", "row 2: code: 'goods:other' is not known"),
        ("item,qty\ngoods:salt,1\n", "has no column counted"),
        ("\xff\xfe", "cannot be read"),
    ],
)
def test_a_sheet_that_does_not_fit_counts_nothing(app, tmp_path, text, what):
    key = service.start(app.pos, "Shelf")
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match=what):
        sheet.read(app.pos, key, path)
    assert lists.rows_of(app.pos, key) == []


def test_the_paper_says_what_to_look_for_and_never_how_much(app):
    key = service.start(app.pos, "Shelf")
    rows = sheet.document(app.pos, key)
    assert [left for style, left, right in rows if right == "________"] == ["Cake", "Salt", "Soap", "Wine"]
    assert not any("100" in left + right for _, left, right in rows)
