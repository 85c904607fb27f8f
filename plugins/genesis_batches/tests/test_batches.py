"""Which batch goes first, which is refused, and that the books say so after toggles, races and a rebuild."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select

from genesis import Actor, Balance, Cell, Item, Line, Price, Refused, UserError, hookimpl
from genesis.kernel.errors import Confirm
from genesis.testkit.stores import as_plugin
from genesis_batches import lists, pages, service
from genesis_batches.models import BatchMarked, batch as batches, sale as sales
from genesis_batches.service import Delivered
from genesis_stock import service as stock
from genesis_stock.models import StockRow, level

TEA, NUTS = "goods:tea", "goods:nuts"
TODAY = "2026-03-02"  # of the clock that tests turn


class Goods:
    """Two items at 5.00; "tea@A" is tea with a label that names batch A, "tea@A@2026-04-01" says its expiry too."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        name, *said = code.removeprefix("goods:").split("@")
        if name not in {"tea", "nuts"}:
            return None
        label = {key: text for key, text in zip(("batch", "expiry"), said, strict=False) if text}
        return Item(ref=f"goods:{name}", name=name.title(), sections={"catalog": label} if label else {})

    @hookimpl
    def base_price(self, item: Item) -> Price:
        return Price(e4=50_000)

    @hookimpl
    def sale_section(self, line: Line | None) -> dict[str, Any] | None:
        return line.item.sections.get("catalog") if line is not None else None


GOODS = as_plugin(Goods(), "catalog")
ON = ("stock", "batches", "cash")


@pytest.fixture
def app(store: Any) -> Any:
    return store(*ON, extra=GOODS)


def came(code: str, qty: int, expiry: str = "", item: str = TEA) -> Delivered:
    return Delivered(item=item, name=item.partition(":")[2].title(), batch=code, qty=qty, expiry=expiry)


def take_in(app: Any, *rows: Delivered, **more: Any) -> None:
    service.receive(app.pos, rows, "Leaf & Co", **more)


def sell(app: Any, qty: int = 1000, code: str = "tea") -> Any:
    app.register.scan(code, qty)
    return app.register.pay("cash").sale


def taken(sale: Any, line: int = 0) -> list[list[Any]]:
    found: list[list[Any]] = sale.lines[line].sections["batches"]["taken"]
    return found


def held(app: Any, item: str = TEA) -> dict[str, int]:
    """What the stock ledger has of each batch, zero left out."""
    rows = app.pos.db.all(select(level.c.batch, level.c.qty).where(level.c.item == item, level.c.qty != 0))
    return {row.batch: row.qty for row in rows}


def promised(app: Any, code: str, item: str = TEA) -> int:
    return int(app.pos.journal.balance("stock batch", f"/{item} {code}"))


def strict(app: Any, item: str = TEA) -> None:
    app.pos.records("stock_rule").save({"policy": "strict"}, record_id=item)


def as_cashier(app: Any) -> None:
    """Somebody who sells, takes back and nothing else."""
    app.pos.permissions.save_role("till", ("register.sell", "register.return", "register.void_line"))
    app.actor = Actor(id="kim", name="Kim", roles=("till",))


def test_the_first_to_expire_goes_first_then_the_first_received_and_the_dateless_last(app: Any) -> None:
    take_in(app, came("LATE", 2000, "2026-06-01"), came("NONE", 5000))
    take_in(app, came("SECOND", 1000, "2026-05-01"), day="2026-03-01")
    take_in(app, came("FIRST", 1000, "2026-05-01"), day="2026-02-01")
    assert taken(sell(app, 3000)) == [["FIRST", 1000], ["SECOND", 1000], ["LATE", 1000]]
    assert taken(sell(app, 2000)) == [["LATE", 1000], ["NONE", 1000]]
    assert held(app) == {"NONE": 4000}
    assert promised(app, "NONE") == 4000


def test_two_lines_of_a_cart_share_the_batches(app: Any) -> None:
    take_in(app, came("A", 3000, "2026-05-01"), came("B", 5000, "2026-06-01"))
    app.register.scan("tea", 2000)
    app.register.scan("tea@B", 4000)
    app.register.scan("tea", 2000)
    sale = app.register.pay("cash").sale
    assert [taken(sale, n) for n in range(3)] == [[["A", 2000]], [["B", 4000]], [["A", 1000], ["B", 1000]]]
    assert held(app) == {}


def test_batches_are_followed_on_when_the_location_gets_a_name(app: Any) -> None:
    take_in(app, came("OLD", 2000, "2026-03-05"), came("NEW", 5000, "2026-06-05"))
    app.settings.change("stock", {"location": "shop"})
    app.reactor.run_due()
    assert taken(sell(app, 3000)) == [["OLD", 2000], ["NEW", 1000]]
    stock.change(app.pos, "received", [StockRow(item=TEA, name="Tea", qty=1000)])
    app.clock.forward(days=60)
    service.mark(app.pos, TEA, "NEW", "recalled", "glass")
    app.register.scan("tea", 1000)  # what is in no batch
    with pytest.raises(Confirm, match="batch NEW is recalled"):
        app.register.scan("tea", 1000)
    app.register.pay("cash")
    app.switch("batches", enabled=False)
    sell(app, 1000)
    app.switch("batches", enabled=True)
    assert [(row.location, row.qty) for row in lists.unallocated(app.pos)] == [("shop", -1000)]
    assert service.settle(app.pos) == 1
    assert lists.unallocated(app.pos) == []


def test_batch_and_expiry_of_a_scanned_gs1_code_come_with_the_line(store: Any) -> None:
    app = store("barcodes", "catalog", *ON)
    app.pos.records("catalog_product").save(
        {"name": "Milk", "price_e4": 12_900, "codes": [{"code": "9520000000011"}]}, record_id="milk"
    )
    label = "(01)09520000000011(17)260401(10)L7"
    found = service.scanned(app.pos, label)
    assert (found.item, found.batch, found.expiry) == ("catalog:milk", "L7", "2026-04-01")
    service.receive(
        app.pos, [Delivered(item=found.item, name=found.name, batch=found.batch, expiry=found.expiry, qty=4000)]
    )
    service.receive(app.pos, [Delivered(item=found.item, name=found.name, batch="OLD", expiry="2026-03-20", qty=4000)])
    app.register.scan(label)
    app.register.scan("9520000000011")
    sale = app.register.pay("cash").sale
    assert [taken(sale, n) for n in range(2)] == [[["L7", 1000]], [["OLD", 1000]]]
    with pytest.raises(Confirm, match="batch L6 is expired on 2026-03-01"):
        app.register.scan("(01)09520000000011(17)260301(10)L6")
    with pytest.raises(Confirm, match="Milk: it is expired on 2026-03-01"):
        app.register.scan("(01)09520000000011(15)260301")


def test_an_expired_or_recalled_batch_is_refused_with_its_reason_and_the_cart_stays(app: Any) -> None:
    take_in(app, came("OLD", 2000, "2026-03-02"), came("NEW", 1000, "2026-09-01"))
    as_cashier(app)
    assert taken(sell(app)) == [["OLD", 1000]]  # its last day is today
    app.clock.forward(days=1)
    with pytest.raises(Refused, match="Tea: batch OLD is expired on 2026-03-02") as told:
        app.register.scan("tea@OLD")
    assert told.value.field == "batches.override"
    app.register.scan("tea", 1000)
    with pytest.raises(Refused, match="batch OLD is expired"):  # of two, one can only be an expired one
        app.register.quantity("1", 2000)
    assert [line.qty for line in app.register.cart.lines] == [1000]
    assert taken(app.register.pay("cash").sale) == [["NEW", 1000]]
    app.actor = Actor(id="owner", name="Owner", owner=True)
    service.mark(app.pos, TEA, "NEVER-SEEN", "recalled", "glass in it")
    app.actor = Actor(id="kim", name="Kim", roles=("till",))
    with pytest.raises(Refused, match="batch NEVER-SEEN is recalled"):
        app.register.scan("tea@NEVER-SEEN")


def test_whoever_may_sells_it_all_the_same_and_that_is_recorded(app: Any) -> None:
    take_in(app, came("OLD", 2000, "2026-03-01"))
    with pytest.raises(Confirm, match="batch OLD is expired"):
        app.register.scan("tea")
    with app.pos.hooks.confirming(True):
        app.register.scan("tea")
    with pytest.raises(Confirm, match="batch OLD is expired"):
        app.register.pay("cash")
    with app.pos.hooks.confirming(True):
        sale = app.register.pay("cash").sale
    assert sale.lines[0].sections["batches"] == {
        "taken": [["OLD", 1000]], "blocked": {"OLD": "expired on 2026-03-01"}, "by": "owner",
    }  # fmt: skip
    row = app.pos.db.one(select(sales))
    assert (row.batch, row.number, row.qty, row.blocked, row.actor) == (
        "OLD",
        sale.number,
        1000,
        "expired on 2026-03-01",
        "owner",
    )
    rows = [row for section in pages.drawer(app.pos, f"{row.item} OLD").sections for row in section.rows]
    assert Cell(text="expired on 2026-03-01", small="Owner", tone="bad") in [cell for row in rows for cell in row]


def test_a_recall_between_scan_and_payment_stops_the_payment_of_a_second_process_too(app: Any, stores: Any) -> None:
    take_in(app, came("A", 2000, "2026-05-01"))
    till = app
    office = stores.open(app, plugins=ON, extra=GOODS, register=False, projector="none")
    as_cashier(till)
    till.register.scan("tea")
    guard_of_sale = till.register.cart.id
    office.pos.journal.append(  # as `service.mark` does; this process projects nothing, and nobody may wait for it
        BatchMarked(item=TEA, name="Tea", batch="A", state="recalled", reason="r", day=TODAY),
        guards=[Balance("batch", f"{TEA} A", 1, floor=None, was=0)],
    )
    with pytest.raises(Refused, match="Tea: batch A is recalled"):
        till.register.pay("cash")
    assert till.register.cart.id == guard_of_sale
    assert held(till) == {"A": 2000}


def test_two_registers_race_for_the_last_piece_of_a_batch(app: Any, stores: Any) -> None:
    """Both planned to take it; the append of the second is refused, and asked again it takes the next batch."""
    from genesis.kernel.guardbook import GuardRefused
    from genesis_batches import till

    take_in(app, came("A", 1000, "2026-05-01"), came("B", 1000, "2026-06-01"))
    strict(app)
    other = stores.open(app, plugins=ON, extra=GOODS, register=False, projector="none")
    app.register.scan("tea")
    cart = app.register.cart
    plan = till.allocate(other.pos, cart, cart.lines[0])
    assert plan is not None
    assert plan.section == {"taken": [["A", 1000]]}
    app.register.pay("cash")
    from genesis.kernel.facts import DrawerOpened

    with pytest.raises(GuardRefused, match="cannot move by -1000"):
        other.journal.append(DrawerOpened(register="R2"), guards=plan.guards)
    again = till.allocate(other.pos, cart, cart.lines[0])
    assert again is not None
    assert again.section == {"taken": [["B", 1000]]}
    other.journal.append(DrawerOpened(register="R2"), guards=again.guards)
    assert (promised(app, "A"), promised(app, "B")) == (0, 0)


def test_a_return_goes_back_to_its_batches_in_parts_and_an_expired_one_into_quarantine(app: Any) -> None:
    take_in(app, came("A", 2000, "2026-03-10"), came("B", 5000, "2026-06-01"))
    number = sell(app, 4000).number
    app.register.return_lines(number, {"1": 1000})
    back = app.register.pay("cash").sale
    assert back.lines[0].sections["batches"] == {"taken": [["A", -1000]], "blocked": {}, "quarantine": []}
    app.clock.forward(days=20)
    app.register.return_lines(number, {"1": 2000})
    back = app.register.pay("cash").sale
    assert back.lines[0].sections["batches"] == {
        "taken": [["A", -1000], ["B", -1000]],
        "blocked": {},
        "quarantine": ["A"],
    }
    assert held(app) == {"A": 2000, "B": 4000}
    assert (promised(app, "A"), promised(app, "B")) == (2000, 4000)
    row = app.pos.db.one(select(batches).where(batches.c.batch == "A"))
    assert (row.state, row.reason) == ("quarantined", f"returned expired on {back.number}")
    assert taken(sell(app, 1000)) == [["B", 1000]]
    as_cashier(app)
    with pytest.raises(Refused, match="batch A is in quarantine"):
        app.register.scan("tea@A")


def test_a_strict_item_is_sold_as_far_as_its_good_batches_go(app: Any) -> None:
    take_in(app, came("A", 2000, "2026-05-01"), came("B", 1000, "2026-06-01"))
    strict(app)
    app.register.scan("tea", 4000)
    with pytest.raises(Refused, match="cannot move by -4000"):
        app.register.pay("cash")
    app.register.quantity("1", 3000)
    assert taken(app.register.pay("cash").sale) == [["A", 2000], ["B", 1000]]


def test_others_are_sold_beyond_their_batches_and_the_rest_is_unallocated(app: Any) -> None:
    take_in(app, came("A", 1000, "2026-05-01"))
    assert taken(sell(app, 3000)) == [["A", 1000], ["", 2000]]
    assert held(app) == {"": -2000}


def test_a_sale_made_while_it_was_off_is_unallocated_and_a_label_still_counts(app: Any) -> None:
    take_in(app, came("A", 5000, "2026-05-01"), came("B", 5000, "2026-06-01"))
    number = sell(app, 2000).number
    app.switch("batches", enabled=False)
    assert "batches" not in sell(app, 1000).lines[0].sections
    sell(app, 1000, "tea@B")
    app.register.return_lines(number, {"1": 1000})  # carries what its sale took, which was more than comes back
    app.register.pay("cash")
    app.switch("batches", enabled=True)
    assert held(app) == {"A": 3000, "B": 4000}  # one sold from nowhere and one back to nowhere
    assert promised(app, "B") == 5000
    assert stock.reconcile(app.pos) == 1
    assert promised(app, "B") == 4000
    assert stock.reconcile(app.pos) == 0


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (came("", 1000), "batch"),
        (came("A B", 1000), "batch"),
        (came("A" * 41, 1000), "batch"),
        (came("A", 1000, "2026-02-30"), "expiry"),
        (came("A", 1000, "soon"), "expiry"),
        (came("A", 0), "quantity"),
        (came("KNOWN", 1000, "2026-05-02"), "expiry"),
    ],
)
def test_what_cannot_be_received_is_refused_by_field_and_nothing_is_recorded(
    app: Any, row: Delivered, field: str
) -> None:
    take_in(app, came("KNOWN", 1000, "2026-05-01"))
    before = app.raw_journal.pos()
    with pytest.raises(UserError) as wrong:
        take_in(app, came("FINE", 1000), row)
    assert wrong.value.field == field
    assert app.raw_journal.pos() == before


def test_a_corrected_expiry_counts_and_the_old_one_is_free(app: Any) -> None:
    take_in(app, came("A", 1000, "2026-03-01"), came("B", 1000, "2026-03-08"))
    service.correct(app.pos, TEA, "A", "2026-04-01", "Leaf & Co")
    assert taken(sell(app)) == [["B", 1000]]
    take_in(app, came("A", 1000, "2026-04-01"))
    with pytest.raises(UserError, match="known to expire on 2026-04-01, not on 2026-03-01"):
        take_in(app, came("A", 1000, "2026-03-01"))


def test_what_the_stock_page_moves_of_a_batch_moves_its_promise(app: Any) -> None:
    take_in(app, came("A", 5000, "2026-05-01"))
    stock.change(app.pos, "wasted", [StockRow(item=TEA, name="Tea", qty=-2000, batch="A")], reason="broken")
    stock.change(app.pos, "received", [StockRow(item=TEA, name="Tea", qty=1000, batch="PLAIN")])
    assert (promised(app, "A"), promised(app, "PLAIN")) == (3000, 1000)
    assert taken(sell(app, 4000)) == [["A", 3000], ["PLAIN", 1000]]


class History:
    """Random moves, and a plain count of every batch: what came, less what each sale says it took, plus what came back."""

    def __init__(self, app: Any, seed: int) -> None:
        self.app, self.chance = app, random.Random(seed)
        self.count: dict[str, int] = {}
        self.numbers: list[str] = []

    def come(self) -> None:
        code, qty = f"B{self.chance.randrange(6)}", self.chance.randrange(1, 9) * 1000
        if "batches" in self.app.enabled:
            take_in(self.app, came(code, qty))
            self.count[code] = self.count.get(code, 0) + qty

    def switch(self) -> None:
        self.app.switch("batches", enabled="batches" not in self.app.enabled)
        stock.reconcile(self.app.pos)

    def recall(self) -> None:
        code = f"B{self.chance.randrange(6)}"
        if "batches" in self.app.enabled and code in self.count:
            service.mark(self.app.pos, TEA, code, self.chance.choice(("recalled", "ok")), "chance")

    def sell(self) -> None:
        known = sorted(filter(None, self.count))
        if known:
            code = self.chance.choice(("tea", f"tea@{self.chance.choice(known)}"))
            with self.app.pos.hooks.confirming(True):
                self.numbers.append(sell(self.app, self.chance.randrange(1, 5) * 1000, code).number)
            self.book()

    def back(self) -> None:
        number = self.chance.choice(self.numbers or [""])
        if number and any(qty for _, qty in self.app.register.returnable(number)):
            self.app.register.return_lines(number, {"1": 1000})
            self.app.register.pay("cash")
            self.book()

    def book(self) -> None:
        """Count the last sale: its parts if they are its own, else what its label said."""
        line = self.app.register.last_sale().fact.lines[0]
        parts = line.sections.get("batches", {}).get("taken", [])
        if sum(qty for _, qty in parts) != line.qty:
            parts = [[line.sections.get("catalog", {}).get("batch", ""), line.qty]]
        for code, qty in parts:
            self.count[code] = self.count.get(code, 0) - qty


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_history_the_books_agree_with_a_plain_count_and_with_their_rebuild(app: Any, seed: int) -> None:
    history = History(app, seed)
    moves = (history.come, history.switch, history.recall, history.sell, history.sell, history.back)
    for _ in range(40):
        history.chance.choice(moves)()
    if "batches" not in app.enabled:
        history.switch()
    assert len(history.numbers) > 3
    assert held(app) == {code: qty for code, qty in history.count.items() if qty}
    assert {code: promised(app, code) for code in history.count if code} == {
        c: q for c, q in history.count.items() if c
    }
    assert stock.on_hand(app.pos, TEA) == sum(history.count.values())
    for name in ("batches_batch", "stock_ledger"):
        assert app.rebuild(name, swap=False).different == ()
