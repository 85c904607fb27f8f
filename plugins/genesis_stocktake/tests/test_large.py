"""Counts of thousands: read from a sheet, looked at, and posted part by part, whatever comes between two parts."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from genesis import Act, Actor, Cell, Query, UserError
from genesis_stock import service as stock
from genesis_stock.models import StockRow, level, move
from genesis_stocktake import lists, pages, posting, report, rows_page, service, sheet
from genesis_stocktake.service import Seen

ON = ("stock", "stocktake", "cash")


@pytest.fixture
def app(both: Any) -> Any:
    return both.new(*ON)


def come(app: Any, count: int) -> None:
    """Receive ten of each of so many items, at 2.00."""
    rows = [StockRow(item=f"goods:{n:06}", name=f"Item {n:06}", qty=10_000, cost=20_000) for n in range(count)]
    for start in range(0, count, 500):
        stock.change(app.pos, "received", rows[start : start + 500])


def counted(app: Any, quantities: list[int]) -> str:
    """Count these quantities, twice so that no recount is asked; returns the count."""
    come(app, len(quantities))
    key = service.start(app.pos, "Year end")
    seen = [Seen(f"goods:{n:06}", f"Item {n:06}", "", qty) for n, qty in enumerate(quantities)]
    for start in range(0, len(seen), service.CHUNK):
        service.enter_many(app.pos, key, seen[start : start + service.CHUNK], again=True)
    return key


def left(app: Any) -> list[int]:
    return [qty for (qty,) in app.pos.db.all(select(level.c.qty).order_by(level.c.item))]


def posted(app: Any) -> dict[str, int]:
    wanted = select(move.c.item, func.count()).where(move.c.why == "counted").group_by(move.c.item)
    return dict(app.pos.db.all(wanted))


@pytest.fixture
def parts_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "CHUNK", 2)


QUANTITIES = [9_000, 10_000, 11_000, 10_000, 8_000, 12_000, 10_000, 9_000]  # five differ: three parts
DIFFER = {f"goods:{n:06}": 1 for n in (0, 2, 4, 5, 7)}


def stop(_done: int, _whole: int) -> bool:
    return False


@pytest.mark.usefixtures("parts_of_two")
def test_what_is_posted_in_part_says_so_and_the_rest_is_posted_once(app: Any, both: Any) -> None:
    key, told = counted(app, QUANTITIES), list[tuple[int, int]]()

    def tell(done: int, whole: int) -> bool:
        told.append((done, whole))
        return True

    posting.post(app.pos, key, stop)
    assert posted(app) == {"goods:000000": 1, "goods:000002": 1}
    assert pages.find(app.pos, Query()).rows[0].cells[3] == Cell(text="Posted in part", tone="warn")
    assert pages.drawer(app.pos, key).sections[0].notice == "4 of 8 rows are posted. Post the rest."
    app.close()
    again = both.open(app, plugins=ON)
    posting.post(again.pos, key, tell)
    assert told == [(7, 8), (8, 8)]
    assert posted(again) == DIFFER
    assert left(again) == QUANTITIES
    assert service.one(again.pos, key).state == "posted"
    assert [again.rebuild(name, swap=False).different for name in ("stocktake_count", "stock_ledger")] == [(), ()]


@pytest.mark.usefixtures("parts_of_two")
def test_a_count_posted_in_part_takes_only_recounts_of_the_rest_and_is_not_given_up(app: Any) -> None:
    key = counted(app, QUANTITIES)
    posting.post(app.pos, key, stop)  # up to item 3
    for item, again in ((0, True), (3, True), (4, False), (99, True)):
        with pytest.raises(UserError, match="signed off, and posted in part"):
            service.enter_many(app.pos, key, [Seen(f"goods:{item:06}", "Item", "", 1_000)], again=again)
    with pytest.raises(UserError, match="signed off, and posted in part"):
        posting.give_up(app.pos, key)
    service.enter_many(app.pos, key, [Seen("goods:000004", "Item 000004", "", 7_000)], again=True)
    posting.post(app.pos, key)
    assert left(app) == [*QUANTITIES[:4], 7_000, *QUANTITIES[5:]]
    assert posted(app) == DIFFER


@pytest.mark.usefixtures("parts_of_two")
def test_a_fault_between_two_parts_leaves_what_can_be_gone_on_with(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key, real, calls = counted(app, QUANTITIES), stock.change, list[int]()

    def failing(*given: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("the power went")
        return real(*given, **more)

    monkeypatch.setattr(stock, "change", failing)
    with pytest.raises(OSError, match="power"):
        posting.post(app.pos, key)
    monkeypatch.undo()
    monkeypatch.setattr(posting, "CHUNK", 3)  # other parts than those it began with
    posting.post(app.pos, key)
    assert posted(app) == DIFFER
    assert left(app) == QUANTITIES


@pytest.mark.usefixtures("parts_of_two")
def test_of_two_who_post_at_once_each_part_happens_once(app: Any) -> None:
    key, began = counted(app, QUANTITIES), list[int]()

    def other(_done: int, _whole: int) -> bool:
        if not began:
            began.append(1)
            posting.post(app.pos, key)
        return True

    with pytest.raises(UserError, match="Year end is closed"):
        posting.post(app.pos, key, other)
    assert posted(app) == DIFFER
    assert left(app) == QUANTITIES


@pytest.mark.usefixtures("parts_of_two")
def test_a_strict_item_that_would_fall_below_zero_is_named_and_counted_again(app: Any) -> None:
    key = counted(app, QUANTITIES)
    app.pos.records("stock_rule").save({"policy": "strict"}, record_id="goods:000004")
    stock.change(app.pos, "adjusted", [StockRow(item="goods:000004", name="Item", qty=-9_000)], reason="moved")
    with pytest.raises(UserError, match="4 of its 8 rows are posted, the rest is not"):
        posting.post(app.pos, key)
    service.enter_many(app.pos, key, [Seen("goods:000004", "Item 000004", "", 1_000)], again=True)
    posting.post(app.pos, key)
    assert left(app) == [*QUANTITIES[:4], 1_000, *QUANTITIES[5:]]


def filled(path: Path, say: dict[int, str]) -> None:
    """Fill a sheet in: ten of each, but of some what is said."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for n, row in enumerate(rows):
        row["counted"] = say.get(n, "10")
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, sheet.COLUMNS)
        table.writeheader()
        table.writerows(rows)


def whole_store(app: Any, tmp_path: Path, items: int) -> dict[str, float]:
    """Count a whole store from a sheet where every tenth item is one short, and post it; returns seconds by step."""
    took, at = {}, time.perf_counter()

    def step(name: str) -> None:
        nonlocal at
        took[name], at = time.perf_counter() - at, time.perf_counter()

    app.settings.change("stocktake", {"recount_units": 0, "recount_value": 0})
    come(app, items)
    step("receive")
    key, path = service.start(app.pos, "Whole store"), tmp_path / "sheet.csv"
    assert sheet.write(app.pos, key, path) == items
    filled(path, dict.fromkeys(range(0, items, 10), "9"))
    step("sheet written")
    assert sheet.read(app.pos, key, path) == items
    step("sheet counted")
    short = items // 10
    assert lists.totals(app.pos, key) == (items, short, 0, -short * 20_000_000, items)
    assert rows_page.find(app.pos, Query(filters={"what": "differs"}, offset=short - 1, limit=60)).total == short
    assert [row.title for row in pages.drawer(app.pos, key).sections] == [f"{items} counted", "The largest 50"]
    assert report.document(app.pos, key)[-1] == ("bold", "Value of the differences", f"-{short * 2}.00")
    step("looked at")
    posting.post(app.pos, key)
    step("posted")
    assert sum(left(app)) == items * 10_000 - short * 1_000
    assert service.one(app.pos, key).state == "posted"
    return took


def test_thousands_are_counted_from_a_sheet_and_posted(store: Any, tmp_path: Path) -> None:
    whole_store(store(*ON), tmp_path, 3_000)


@pytest.mark.stress
@pytest.mark.timeout(600)
def test_a_store_of_a_hundred_thousand_items_is_counted_whole(
    store: Any, tmp_path: Path, record_property: Any
) -> None:  # fmt: skip
    app = store(*ON)
    took = whole_store(app, tmp_path, 100_000)
    record_property("covered", f"a count of 100,000 items: {', '.join(f'{k} {v:.1f} s' for k, v in took.items())}")
    assert [app.rebuild(name, swap=False).different for name in ("stocktake_count", "stock_ledger")] == [(), ()]


def test_a_long_list_is_recorded_in_parts_before_its_count(app: Any) -> None:
    items = [(f"goods:{n:06}", f"Item {n}") for n in range(service.CHUNK * 2 + 1)]
    key = service.start(app.pos, "Many", items=items)
    assert service.one(app.pos, key).listed == len(items)
    service.enter_many(app.pos, key, [Seen(*items[-1], "", 1_000)])
    with pytest.raises(UserError, match="Other is not on the list of Many"):
        service.enter_many(app.pos, key, [Seen("goods:other", "Other", "", 1_000)])


def test_the_page_of_counted_goods_narrows_and_sorts_and_counts_again(app: Any) -> None:
    app.settings.change("stocktake", {"recount_units": 1, "recount_value": 0})
    come(app, 3)
    key = service.start(app.pos, "Year end")
    service.enter_many(app.pos, key, [Seen(f"goods:{n:06}", f"Item {n:06}", "", qty)
                                      for n, qty in enumerate((5_000, 10_000, 11_000))])  # fmt: skip

    def shown(sort: str = "", text: str = "", **filters: str) -> list[str]:
        found = rows_page.find(app.pos, Query(text=text, sort=sort, filters=filters))
        assert found.total == len(found.rows)
        return [str(Cell.of(row.cells[0]).text)[-1] for row in found.rows]

    assert shown() == ["0", "1", "2"]
    assert [shown(what=one) for one in ("differs", "less", "more", "again")] == [["0", "2"], ["0"], ["2"], ["0"]]
    assert shown(sort="diff") == ["0", "1", "2"]
    assert shown(text="year 000002") == ["2"]
    first = rows_page.find(app.pos, Query(sort="value")).rows[0]
    assert Cell.of(first.cells[-1]).small == "more than 1 differ"
    rows_page.again(app.pos, Act(rows=(first.id,), values={"qty": "9"}))
    assert shown(what="again") == []
    assert shown(which="closed") == []
    posting.post(app.pos, key)
    assert shown(which="closed") == ["0", "1", "2"]
    assert not rows_page._going(app.pos, first.id)


def test_a_blind_count_tells_nothing_on_the_page_of_counted_goods(app: Any) -> None:
    come(app, 2)
    key = service.start(app.pos, "Year end", blind=True)
    service.enter_many(app.pos, key, [Seen("goods:000000", "Item 000000", "", 9_000)])
    app.pos.permissions.save_role("counter", ("stocktake.count",))
    app.actor = Actor(id="kim", name="Kim", roles=("counter",))
    assert [row.cells[2:5] for row in rows_page.find(app.pos, Query()).rows] == [("9", "", "")]
    assert rows_page.find(app.pos, Query(filters={"what": "differs"})).total == 0
    assert rows_page.find(app.pos, Query(sort="diff")).total == 0


def test_all_rows_are_written_to_a_file(app: Any, tmp_path: Path) -> None:
    key, path = counted(app, [9_000, 10_000]), tmp_path / "rows.csv"
    assert pages.table(app.pos, Act(rows=(key,), values={"file": str(path)})).text == "2 rows written to rows.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[row[name] for name in report.COLUMNS[2:]] for row in csv.DictReader(file)]
    assert rows == [["", "10.000", "9.000", "-1.000", "-2.00", ""], ["", "10.000", "10.000", "0.000", "0.00", ""]]


def test_a_sheet_with_an_item_in_two_rows_is_refused(app: Any, tmp_path: Path) -> None:
    come(app, 1)
    key, path = service.start(app.pos, "Year end"), tmp_path / "sheet.csv"
    path.write_text("item,counted\ngoods:000000,4\ngoods:000000,5\n", encoding="utf-8")
    with pytest.raises(UserError, match="row 3: Item 000000 stands in row 2 too"):
        sheet.read(app.pos, key, path)
    assert lists.rows_of(app.pos, key) == []
