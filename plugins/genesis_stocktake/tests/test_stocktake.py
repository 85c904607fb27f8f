"""Counting beside sales, by several people, with recounts, posted once; and that a rebuild says the same."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from sqlalchemy import select

from genesis import Act, Actor, Cell, Item, Price, Query, Refused, UserError, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_stock import service as stock
from genesis_stock.models import StockRow, item as stock_item, level, move
from genesis_stocktake import lists, pages, posting, service
from genesis_stocktake.command import run

TEA, NUTS = "goods:tea", "goods:nuts"


class Goods:
    """Tea (category drinks) and nuts (category food), at 5.00."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        name, _, batch = code.removeprefix("goods:").partition("@")
        if name not in {"tea", "nuts"}:
            return None
        label = {"catalog": {"batch": batch}} if batch else {}
        category = ("drinks",) if name == "tea" else ("food",)
        return Item(ref=f"goods:{name}", name=name.title(), category=category, sections=label)

    @hookimpl
    def base_price(self, item: Item) -> Price:
        return Price(e4=50_000)


GOODS = as_plugin(Goods(), "catalog")
ON = ("stock", "stocktake", "cash")


@pytest.fixture
def app(store: Any) -> Any:
    made = store(*ON, extra=GOODS)
    come(made, TEA, 20_000)
    come(made, NUTS, 10_000)
    return made


def come(app: Any, item: str, qty: int, batch: str = "") -> None:
    row = StockRow(item=item, name=item.partition(":")[2].title(), qty=qty, batch=batch, cost=20_000)
    stock.change(app.pos, "received", [row])


def sell(app: Any, qty: int = 1000, code: str = "tea") -> None:
    app.register.scan(code, qty)
    app.register.pay("cash")


def seen(app: Any, key: str) -> dict[str, tuple[int, int, int]]:
    app.pos.journal.wait(app.pos.journal.raw.pos(), service.LEDGER)
    return {row.name + row.batch: (row.expected, row.counted, row.diff) for row in lists.rows_of(app.pos, key)}


def counted_moves(app: Any) -> list[tuple[str, int]]:
    wanted = select(move.c.item, move.c.qty).where(move.c.why == "counted").order_by(move.c.item)
    return [tuple(row) for row in app.pos.db.all(wanted)]


def test_what_is_sold_before_and_after_an_item_is_counted_stays_sold(app: Any) -> None:
    key = service.start(app.pos, "Year end")
    sell(app, 3000)  # 17 expected
    service.enter(app.pos, key, "tea", 15_000)  # two are missing
    sell(app, 4000)
    service.enter(app.pos, key, "nuts", 10_000)
    assert seen(app, key) == {"Tea": (17_000, 15_000, -2000), "Nuts": (10_000, 10_000, 0)}
    posting.post(app.pos, key)
    assert counted_moves(app) == [(TEA, -2000)]
    assert stock.on_hand(app.pos, TEA) == 11_000  # 15 seen, 4 sold since
    assert app.pos.db.one(select(stock_item.c.qty).where(stock_item.c.item == TEA)).qty == 11_000


def test_two_people_in_two_processes_add_up_and_a_recount_replaces(store: Any, stores: Any) -> None:
    app = store(*ON, extra=GOODS, projector="thread")
    come(app, TEA, 20_000)
    key = service.start(app.pos, "Year end")
    other = stores.open(app, plugins=ON, extra=GOODS, register=False, projector="thread")
    service.enter(app.pos, key, "tea", 12_000)
    service.enter(other.pos, key, "tea", 7000)
    assert seen(app, key)["Tea"] == (20_000, 19_000, -1000)
    service.enter(app.pos, key, "tea", 18_000, again=True)
    assert seen(app, key)["Tea"] == (20_000, 18_000, -2000)


def test_two_count_an_item_at_once_while_a_third_sells_it_and_nothing_is_lost(store: Any, stores: Any) -> None:
    app = store(*ON, extra=GOODS, projector="thread")
    come(app, TEA, 40_000)
    key = service.start(app.pos, "Year end")
    others = [stores.open(app, plugins=ON, extra=GOODS, register=False, projector="thread") for _ in range(2)]
    faults: list[Exception] = []

    def tally(other: Any) -> None:
        try:
            for _ in range(8):
                service.enter(other.pos, key, "tea", 1000)
        except Exception as error:  # a thread tells nobody
            faults.append(error)

    threads = [threading.Thread(target=tally, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for _ in range(6):
        sell(app)
    for thread in threads:
        thread.join()
    assert faults == []
    assert seen(app, key)["Tea"][1] == 16_000
    service.enter(others[0].pos, key, "tea", 33_000, again=True)  # 34 are expected
    assert seen(app, key)["Tea"] == (34_000, 33_000, -1000)
    posting.post(others[1].pos, key)
    with pytest.raises(UserError, match="Year end is closed"):
        posting.post(app.pos, key)
    assert stock.on_hand(app.pos, TEA) == 33_000
    assert app.rebuild("stocktake_count", swap=False).different == ()


def test_what_differs_is_listed_by_value_and_without_it_for_who_may_not_see_costs(app: Any) -> None:
    key = service.start(app.pos, "Year end")
    service.enter(app.pos, key, "tea", 19_000)
    service.enter(app.pos, key, "nuts", 13_000)
    rows = pages.variance(app.pos, Act(rows=(key,))).document
    assert [(row[1], row[2]) for row in rows if row[0] == "bold"] == [
        ("Nuts", "6.00"), ("Tea", "-2.00"), ("Value of the differences", "4.00")]  # fmt: skip
    app.pos.permissions.save_role("signer", ("stocktake.post",))
    app.actor = Actor(id="kim", name="Kim", roles=("signer",))
    hidden = pages.variance(app.pos, Act(rows=(key,))).document
    assert [(row[1], row[2]) for row in hidden if row[0] == "bold"] == [("Nuts", ""), ("Tea", "")]


def test_where_it_moved_between_two_counts_of_an_item_a_recount_is_asked(app: Any) -> None:
    key = service.start(app.pos, "Year end")
    service.enter(app.pos, key, "tea", 12_000)
    sell(app)
    service.enter(app.pos, key, "tea", 8000)
    with pytest.raises(UserError, match=r"1 must be counted again: Tea .it was sold or received"):
        posting.post(app.pos, key)
    assert counted_moves(app) == []
    service.enter(app.pos, key, "tea", 19_000, again=True)
    assert posting.post(app.pos, key).differ == 0
    assert stock.on_hand(app.pos, TEA) == 19_000


@pytest.mark.parametrize(
    ("rules", "qty", "why"),
    [
        ({"recount_units": 3, "recount_value": 0}, 16_000, "more than 3 differ"),
        ({"recount_units": 3, "recount_value": 0}, 17_000, ""),
        ({"recount_units": 0, "recount_value": 6}, 16_000, "the difference is worth more than 6"),  # 4 at 2.00
        ({"recount_units": 0, "recount_value": 8}, 16_000, ""),
        ({"recount_units": 0, "recount_value": 0}, 0, ""),
    ],
)
def test_a_difference_over_the_tolerance_asks_for_a_recount(app: Any, rules: Any, qty: int, why: str) -> None:
    app.settings.change("stocktake", rules)
    key = service.start(app.pos, "Year end")
    service.enter(app.pos, key, "tea", qty)
    assert lists.rows_of(app.pos, key)[0].why == why
    service.enter(app.pos, key, "tea", qty, again=True)
    assert lists.rows_of(app.pos, key)[0].why == ""


def test_why_things_differ_stands_with_each_movement(app: Any) -> None:
    for reason in ("stolen in the street sale", ""):
        key = service.start(app.pos, "Year end")
        service.enter(app.pos, key, "tea", stock.on_hand(app.pos, TEA) - 1_000)
        pages.post(app.pos, Act(rows=(key,), values={"reason": reason}))
    found = app.pos.db.all(select(move.c.reason).where(move.c.why == "counted").order_by(move.c.seq))
    assert [row.reason for row in found] == ["stolen in the street sale", "counted"]


def test_it_is_posted_once_and_a_closed_count_takes_nothing(app: Any) -> None:
    key = service.start(app.pos, "Year end")
    service.enter(app.pos, key, "tea", 19_000)
    posting.post(app.pos, key)
    for late in (lambda: posting.post(app.pos, key), lambda: posting.give_up(app.pos, key),
                 lambda: service.enter(app.pos, key, "tea", 1000)):  # fmt: skip
        with pytest.raises(UserError, match="Year end is closed"):
            late()
    assert counted_moves(app) == [(TEA, -1000)]


@pytest.mark.parametrize("meanwhile", ["counted", "posted", "given up"])
def test_what_another_did_this_moment_refuses_the_posting(app: Any, monkeypatch: pytest.MonkeyPatch, meanwhile: str
                                                          ) -> None:  # fmt: skip
    """Both closings are planned from the same rows; the append of the second is refused, and nothing of it counts."""
    key, real = service.start(app.pos, "Year end"), lists.totals
    service.enter(app.pos, key, "tea", 19_000)

    def slow(*given: Any) -> Any:
        answer = real(*given)
        monkeypatch.undo()
        if meanwhile == "counted":
            service.enter(app.pos, key, "tea", 1000)
        elif meanwhile == "posted":
            posting.post(app.pos, key)
        else:
            posting.give_up(app.pos, key)
        return answer

    monkeypatch.setattr(lists, "totals", slow)
    with pytest.raises(UserError, match="counted this moment" if meanwhile == "counted" else "is closed"):
        posting.post(app.pos, key)
    assert stock.on_hand(app.pos, TEA) == (19_000 if meanwhile == "posted" else 20_000)


def test_a_sale_between_reading_and_recording_is_seen(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key, real, sold = service.start(app.pos, "Year end"), service._expected, False

    def slow(*given: Any) -> Any:
        nonlocal sold
        answer = real(*given)
        if not sold:
            sold = True
            sell(app)
        return answer

    monkeypatch.setattr(service, "_expected", slow)
    service.enter(app.pos, key, "tea", 19_000)
    assert seen(app, key)["Tea"] == (19_000, 19_000, 0)


def test_an_item_is_in_one_open_count_until_that_is_given_up(app: Any) -> None:
    first, second = service.start(app.pos, "Front"), service.start(app.pos, "Back")
    service.enter(app.pos, first, "tea", 19_000)
    with pytest.raises(UserError, match="Tea is being counted in Front"):
        service.enter(app.pos, second, "tea", 19_000)
    posting.give_up(app.pos, first)
    service.enter(app.pos, second, "tea", 18_000)
    posting.post(app.pos, second)
    assert counted_moves(app) == [(TEA, -2000)]


def test_a_count_is_begun_and_signed_off_on_the_page(app: Any) -> None:
    key = pages.begin(app.pos, Act(values={"title": "Year end", "location": "", "blind": "1"})).open
    pages.enter(app.pos, Act(rows=(key,), values={"code": "tea", "qty": "18"}))
    pages.again(app.pos, Act(rows=(key,), values={"code": "tea", "qty": "19"}))
    assert "1 of 1 items differs" in pages._sure(app.pos, key)
    assert pages.post(app.pos, Act(rows=(key,))).text == "1 difference posted"
    found = pages.find(app.pos, Query(text="year", filters={"state": "posted"}))
    assert [(row.id, Cell.of(row.cells[0]).small) for row in found.rows] == [(key, "Counted blind")]
    assert pages.find(app.pos, Query(filters={"state": "open"})).total == 0
    with pytest.raises(UserError, match="no count is open"):
        pages.scan(app.pos, "tea")
    assert stock.on_hand(app.pos, TEA) == 19_000


def test_only_what_belongs_to_it_is_counted_and_errors_name_the_field(app: Any) -> None:
    key = service.start(app.pos, "Food", category="food")
    for code, qty, field in (("tea", 1000, "code"), ("what", 1000, "code"), ("nuts", -1, "quantity")):
        with pytest.raises(UserError) as told:
            service.enter(app.pos, key, code, qty)
        assert told.value.field == field
    with pytest.raises(UserError) as told:
        service.start(app.pos, "Attic", "attic")
    assert told.value.field == "location"
    with pytest.raises(UserError, match="nothing was counted"):
        posting.post(app.pos, key)


def test_batches_are_counted_each_and_the_rest_is_what_belongs_to_none(app: Any) -> None:
    come(app, TEA, 6000, "A")
    key = service.start(app.pos, "Year end")
    service.enter(app.pos, key, "tea@A", 5000)
    service.enter(app.pos, key, "tea", 21_000)
    assert seen(app, key) == {"Tea": (20_000, 21_000, 1000), "TeaA": (6000, 5000, -1000)}
    posting.post(app.pos, key)
    found = app.pos.db.all(select(level.c.batch, level.c.qty).where(level.c.item == TEA))
    assert {row.batch: row.qty for row in found} == {"": 21_000, "A": 5000}
    assert app.pos.journal.balance("stock batch", f"/{TEA} A") == 5000
    assert stock.on_hand(app.pos, TEA) == 26_000


def test_who_counts_does_not_sign_off_and_is_not_told_what_a_blind_count_expects(app: Any) -> None:
    key = service.start(app.pos, "Year end", blind=True)
    assert pages.drawer(app.pos, key).sections[0].columns == ("Differences", "Value")
    app.pos.permissions.save_role("counter", ("stocktake.count",))
    app.actor = Actor(id="kim", name="Kim", roles=("counter",))
    assert pages.scan(app.pos, "nuts").text == "Nuts: 1 more in Year end"
    assert pages.drawer(app.pos, key).sections[0].columns == ("Item", "Counted", "By")
    with pytest.raises(Refused):
        posting.post(app.pos, key)
    assert stock.on_hand(app.pos, NUTS) == 10_000


def test_an_open_count_goes_on_after_a_restart_and_is_posted_from_the_command_line(
    app: Any, stores: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    key = service.start(app.pos, "Year end")
    service.enter(app.pos, key, "tea", 12_000)
    app.close()
    again = stores.open(app, plugins=ON, extra=GOODS)
    assert run(again.pos, ["count", "last", "tea", "--qty", "7.5"]) == 0
    assert run(again.pos, ["post", "last", "--json"]) == 0
    assert '"counted":"19.500","expected":"20.000","difference":"-0.500"' in capsys.readouterr().out
    assert run(again.pos, ["list"]) == 0
    assert "posted    Year end" in capsys.readouterr().out
    assert stock.on_hand(again.pos, TEA) == 19_500


def test_after_any_history_the_tables_are_what_their_rebuild_is(app: Any) -> None:
    chance, key = random.Random(7), ""
    for _ in range(25):
        if "stocktake" not in app.enabled or chance.random() < 0.1:
            app.switch("stocktake", enabled="stocktake" not in app.enabled)
            continue
        key = key or service.start(app.pos, "Any")
        move_on = chance.randrange(5)
        if move_on < 2:
            sell(app, 1000, chance.choice(("tea", "nuts")))
        elif move_on < 4:
            code = chance.choice(("tea", "nuts"))
            service.enter(app.pos, key, code, chance.randrange(20) * 1000, again=chance.random() < 0.7)
        elif lists.rows_of(app.pos, key) and not any(row.why for row in lists.rows_of(app.pos, key)):
            there = {row.item: row for row in lists.rows_of(app.pos, key)}
            before = {item: stock.on_hand(app.pos, item) for item in there}
            posting.post(app.pos, key)
            assert {item: stock.on_hand(app.pos, item) - qty for item, qty in before.items()} == {
                item: row.counted - row.expected for item, row in there.items()
            }
            key = ""
    for name in ("stocktake_count", "stock_ledger"):
        if name == "stock_ledger" or "stocktake" in app.enabled:
            assert app.rebuild(name, swap=False).different == ()
