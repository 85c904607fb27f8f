"""Orders with their numbers, what came of them and what it cost, and that the books say so after a restart."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from genesis import Actor, Confirm, Expect, Money, Refused, UserError, Veto
from genesis_batches.models import batch as batches
from genesis_purchasing import lists, receiving, service
from genesis_purchasing.models import NUMBER, OrderEnded, line
from genesis_purchasing.receiving import Coming, Going
from genesis_purchasing.service import Wanted
from genesis_purchasing.suppliers import offer_id
from genesis_stock import service as stock
from genesis_stock.models import StockRow, item as stock_item, level

ON = ("stock", "receipts", "purchasing")
MILK, TEA = "catalog:milk", "catalog:tea"


def suppliers(app: Any) -> None:
    """Alpine Dairy sells milk by the dozen at 0.80, and tea at 3.3333 from 6 on; it delivers in two days."""
    app.pos.records("purchasing_supplier").save(
        {"name": "Alpine Dairy", "terms": "30 days", "lead_days": 2, "minimum": 1_000, "contact": "Heidi"},
        record_id="alpine",
    )
    offer(app, MILK, "Milk", 8_000, pack=12_000, code="AD-1")
    offer(app, TEA, "Tea", 33_333, least=6_000)


def offer(app: Any, item: str, name: str, price: int, supplier: str = "alpine", **more: Any) -> None:
    values = {"supplier": supplier, "item": item, "name": name, "price_e4": price} | more
    app.pos.records("purchasing_offer").save(values, record_id=offer_id(supplier, item))


@pytest.fixture
def app(both: Any) -> Any:
    app = both.new(*ON)
    suppliers(app)
    return app


def sent(app: Any, milk: int = 24_000, tea: int = 6_000) -> str:
    ref = service.draft(app.pos, "alpine", [Wanted(MILK, milk), Wanted(TEA, tea)])
    return service.send(app.pos, ref)


def state(app: Any, ref: str) -> str:
    return service.current(app.pos, ref).state


def test_an_order_goes_from_draft_to_closed_and_moves_the_stock_with_its_cost(app: Any, both: Any) -> None:
    ref = service.draft(app.pos, "Alpine Dairy", [Wanted(MILK, 12_000)])
    service.draft(app.pos, "alpine", [Wanted(TEA, 6_000), Wanted(MILK, 24_000)], "by noon", ref)
    number = service.send(app.pos, ref)
    found = service.current(app.pos, number)
    assert (found.state, found.day, found.due, found.terms, found.note) == (
        "sent", "2026-03-02", "2026-03-04", "30 days", "by noon",
    )  # fmt: skip
    assert [(row.n, row.item, row.code, row.qty, row.price_e4) for row in found.lines] == [
        (1, TEA, "", 6_000, 33_333), (2, MILK, "AD-1", 24_000, 8_000),
    ]  # fmt: skip
    assert service.amount(app.pos, found.lines) == Money(2000 + 1920, "EUR")  # 6 x 3.3333 is 19.9998
    first = receiving.receive(app.pos, number, [Coming(2, 24_000)], document="DN-1")
    assert first == (("0 of 6 Tea came, 6 outstanding",), "part")
    assert lists.on_order(app.pos) == {TEA: 6_000}
    app.close()
    app = both.open(app, plugins=ON)
    assert receiving.receive(app.pos, number, [Coming(1, 6_000)], document="DN-2") == ((), "closed")
    assert state(app, number) == "closed"
    assert lists.on_order(app.pos) == {}
    rows = {row.item: (row.qty, row.value) for row in app.pos.db.all(select(stock_item))}
    assert rows == {MILK: (24_000, 24_000 * 8_000), TEA: (6_000, 6_000 * 33_333)}
    assert app.rebuild("purchasing_order", swap=False).different == ()


def test_numbers_have_no_gap_whatever_is_cancelled_or_refused(app: Any, both: Any) -> None:
    assert [sent(app), sent(app)] == ["PO-000001", "PO-000002"]
    dropped = service.draft(app.pos, "alpine", [Wanted(MILK, 24_000)])
    assert service.end(app.pos, dropped) == "cancelled"
    with pytest.raises(Refused, match="is cancelled and cannot be sent"):
        service.send(app.pos, dropped)
    assert service.end(app.pos, "PO-000002", "out of season") == "cancelled"
    app.close()
    app = both.open(app, plugins=ON)
    assert [sent(app), sent(app)] == ["PO-000003", "PO-000004"]
    assert app.pos.journal.balance(NUMBER, "") == 4


def test_two_who_send_at_the_same_instant_get_two_numbers(app: Any, monkeypatch: Any) -> None:
    first = service.draft(app.pos, "alpine", [Wanted(MILK, 24_000)])
    second = service.draft(app.pos, "alpine", [Wanted(MILK, 24_000)])
    raw, numbers = service.record, []

    def interrupted(pos: Any, fact: Any, **more: Any) -> Any:
        monkeypatch.setattr(service, "record", raw)
        numbers.append(service.send(pos, second))
        return raw(pos, fact, **more)

    monkeypatch.setattr(service, "record", interrupted)
    numbers.append(service.send(app.pos, first))
    assert numbers == ["PO-000001", "PO-000002"]
    assert service.current(app.pos, first).number == "PO-000002"


def test_whoever_has_not_seen_the_last_change_of_an_order_is_refused(app: Any) -> None:
    number = sent(app)
    seen = service.current(app.pos, number)
    receiving.receive(app.pos, number, [Coming(1, 12_000)])
    stale = OrderEnded(order=seen.order, rev=seen.rev + 1, day="2026-03-02", state="cancelled", reason="r")
    with pytest.raises(Refused):
        service.record(app.pos, stale)
    assert state(app, number) == "part"
    assert service.seen(stale) == Expect("purchase order", seen.order, seen.rev)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ([Wanted(MILK, 13_000)], "quantity"),  # packs of 12
        ([Wanted(TEA, 5_000)], "quantity"),  # at least 6
        ([Wanted(TEA, 0)], "quantity"),
        ([Wanted(TEA, 6_000, -1)], "price"),
        ([Wanted("catalog:rice", 6_000)], "item"),
        ([Wanted(TEA, 6_000), Wanted(TEA, 6_000)], "item"),
        ([], "item"),
    ],
)
def test_what_cannot_be_ordered_is_refused_by_field_and_nothing_is_recorded(
    app: Any, wanted: list[Wanted], field: str
) -> None:
    before = app.raw_journal.pos()
    with pytest.raises(UserError) as wrong:
        service.draft(app.pos, "alpine", wanted)
    assert wrong.value.field == field
    assert app.raw_journal.pos() == before


def test_less_than_the_suppliers_minimum_is_asked_about(app: Any) -> None:
    ref = service.draft(app.pos, "alpine", [Wanted(MILK, 12_000)])
    with pytest.raises(Confirm, match=r"from 10\.00 on; this one comes to 9\.60"):
        service.send(app.pos, ref)
    assert state(app, ref) == "draft"
    with app.pos.hooks.confirming(True):
        assert service.send(app.pos, ref) == "PO-000001"


def test_more_and_another_price_are_asked_about_and_less_is_said(app: Any) -> None:
    number = sent(app)
    before = app.raw_journal.pos()
    with pytest.raises(Confirm, match="36 of 24 Milk came, 12 too many"):
        receiving.receive(app.pos, number, [Coming(1, 36_000)])
    with pytest.raises(Confirm, match=r"Tea is invoiced at 3\.50, ordered at 3\.3333"):
        receiving.receive(app.pos, number, [Coming(2, 6_000, price_e4=35_000)])
    assert app.raw_journal.pos() == before
    with app.pos.hooks.confirming(True):
        done = receiving.receive(app.pos, number, [Coming(1, 36_000), Coming(2, 2_000, price_e4=35_000)])
    assert done.differences == (
        "36 of 24 Milk came, 12 too many", "2 of 6 Tea came, 4 outstanding",
        "Tea is invoiced at 3.50, ordered at 3.3333",
    )  # fmt: skip
    assert lists.on_order(app.pos) == {TEA: 4_000}
    assert service.end(app.pos, number, "no more tea") == "closed"
    last = app.pos.journal.read(app.raw_journal.pos() - 1)[0].fact
    assert (last.missing, last.reason) == (((2, 4_000),), "no more tea")
    assert stock.on_hand(app.pos, MILK) == 36_000


def test_a_delivery_note_counts_once_and_what_is_over_is_not_received(app: Any) -> None:
    number = sent(app)
    receiving.receive(app.pos, number, [Coming(1, 12_000)], document="DN-1")
    with pytest.raises(Refused, match="delivery note DN-1 of Alpine Dairy was received before"):
        receiving.receive(app.pos, number, [Coming(1, 12_000)], document="DN-1")
    assert stock.on_hand(app.pos, MILK) == 12_000
    receiving.receive(app.pos, number, [Coming(1, 12_000), Coming(2, 6_000)])
    with pytest.raises(Refused, match="is closed: nothing is expected"):
        receiving.receive(app.pos, number, [Coming(1, 12_000)])
    draft = service.draft(app.pos, "alpine", [Wanted(MILK, 12_000)])
    with pytest.raises(Refused, match="the draft for Alpine Dairy is draft: nothing is expected"):
        receiving.receive(app.pos, draft, [Coming(1, 12_000)])


@pytest.mark.parametrize("seed", range(5))
def test_the_shares_of_the_freight_sum_to_it_and_costs_are_right_to_half_a_ten_thousandth(seed: int) -> None:
    chance = random.Random(seed)
    rows = [(chance.randrange(1, 90_000), chance.randrange(0, 99_999)) for _ in range(chance.randrange(1, 30))]
    freight = chance.randrange(0, 100_000)
    found = receiving.landed(rows, freight, 2)
    assert sum(share for share, _ in found) == freight
    value = sum(qty * price for qty, price in rows)
    for (qty, price), (share, cost) in zip(rows, found, strict=True):
        assert abs(share - Fraction(freight * qty * price, value or 1)) < 1 or not value
        assert abs(cost - price - Fraction(share * 100_000, qty)) <= Fraction(1, 2)


def test_freight_is_part_of_what_stock_costs(app: Any) -> None:
    number = sent(app)
    receiving.receive(app.pos, number, [Coming(1, 24_000), Coming(2, 6_000)], freight=1_000)
    # 19.20 and 19.9998 share 10.00: 4.898 and 5.102, so 4.90 and 5.10.
    fact = app.pos.journal.read(app.raw_journal.pos() - 1)[0].fact
    assert [row.share for row in fact.rows] == [490, 510]
    # 0.80 + 4.90 / 24 = 1.00417 and 3.3333 + 5.10 / 6 = 4.1833
    assert {row.item: row.cost for row in app.pos.db.all(select(stock_item))} == {MILK: 10_042, TEA: 41_833}
    assert [(one.price_e4, one.cost_e4, one.document) for one in lists.prices(app.pos, "alpine", MILK)] == [
        (8_000, None, ""), (8_000, 10_042, "PO-000001"),
    ]  # fmt: skip


def test_goods_go_back_at_what_they_were_received_at_and_never_more_than_came(app: Any) -> None:
    number = sent(app)
    receiving.receive(app.pos, number, [Coming(1, 24_000), Coming(2, 6_000)], freight=1_000)
    stock.change(app.pos, "received", [StockRow(item=TEA, name="Tea", qty=6_000, cost=1)])
    assert receiving.give_back(app.pos, number, [Going(2, 2_000)], "mouldy") == Money(667, "EUR")  # 2 x 3.3333
    row = app.pos.db.one(select(stock_item).where(stock_item.c.item == TEA))
    assert (row.qty, row.value) == (10_000, 4_000 * 41_833 + 6_000)
    with pytest.raises(UserError, match="4 of Tea came and did not go back yet"):
        receiving.give_back(app.pos, number, [Going(2, 5_000)], "mouldy")
    with pytest.raises(UserError, match="say why"):
        receiving.give_back(app.pos, number, [Going(2, 4_000)], " ")
    receiving.give_back(app.pos, number, [Going(2, 4_000)], "mouldy")
    found = app.pos.db.one(select(line).where(line.c.n == 2))
    assert (found.received, found.returned) == (6_000, 6_000)
    assert state(app, number) == "closed"


def test_batch_and_expiry_come_with_the_goods_where_batches_are_on(both: Any) -> None:
    app = both.new(*ON, "batches")
    suppliers(app)
    number = sent(app)
    coming = [Coming(1, 12_000, "L7", "2026-04-01"), Coming(1, 12_000, "L8", "2026-05-01"), Coming(2, 6_000)]
    receiving.receive(app.pos, number, coming, document="DN-9")
    rows = {(r.item, r.batch): r.qty for r in app.pos.db.all(select(level))}
    assert rows == {(MILK, "L7"): 12_000, (MILK, "L8"): 12_000, (TEA, ""): 6_000}
    known = {r.batch: (r.expiry, r.supplier) for r in app.pos.db.all(select(batches))}
    assert known == {"L7": ("2026-04-01", "Alpine Dairy"), "L8": ("2026-05-01", "Alpine Dairy")}
    again = sent(app)
    before = app.raw_journal.pos()
    with pytest.raises(UserError, match="known to expire on 2026-04-01, not on 2026-06-01"):
        receiving.receive(app.pos, again, [Coming(1, 12_000, "L7", "2026-06-01")])
    with pytest.raises(UserError) as wrong:
        receiving.receive(app.pos, again, [Coming(1, 12_000, "", "2026-06-01")])
    assert wrong.value.field == "batch"
    assert app.raw_journal.pos() == before
    receiving.give_back(app.pos, number, [Going(1, 12_000, "L7")], "recalled")
    assert app.pos.journal.balance("stock batch", f"/{MILK} L7") == 0


def test_a_date_that_nobody_would_keep_is_refused_not_dropped(app: Any) -> None:
    number = sent(app)
    with pytest.raises(UserError, match="no plugin is on that keeps it") as wrong:
        receiving.receive(app.pos, number, [Coming(1, 24_000, "L7", "2026-04-01")])
    assert wrong.value.field == "expiry"
    receiving.receive(app.pos, number, [Coming(1, 24_000, "L7")])
    assert app.pos.journal.balance("stock batch", f"/{MILK} L7") == 24_000


def test_prices_are_remembered_as_they_change_and_an_order_keeps_its_own(app: Any) -> None:
    number = sent(app)
    offer(app, MILK, "Milk", 9_000, pack=12_000)
    app.clock.forward(days=1)
    offer(app, MILK, "Full milk", 9_000, pack=12_000)
    offer(app, MILK, "Full milk", 8_500, pack=12_000)
    assert [one.price_e4 for one in lists.prices(app.pos, "alpine", MILK)] == [8_000, 9_000, 8_500]
    assert service.current(app.pos, number).lines[0].price_e4 == 8_000


def test_only_who_may_orders_and_receives_and_a_supplier_with_open_orders_stays(app: Any) -> None:
    number = sent(app)
    with pytest.raises(Veto, match="1 order to this supplier is open"):
        app.pos.records("purchasing_supplier").delete("alpine")
    app.actor = Actor(id="kim", name="Kim")
    for act in (
        lambda: sent(app),
        lambda: service.end(app.pos, number, "r"),
        lambda: receiving.receive(app.pos, number, [Coming(1, 24_000)]),
        lambda: receiving.give_back(app.pos, number, [Going(1, 24_000)], "r"),
        lambda: app.pos.records("purchasing_supplier").save({"name": "X"}),
    ):
        with pytest.raises(Refused, match="may not"):
            act()


def test_the_contact_of_a_supplier_does_not_stand_in_the_journal(app: Any) -> None:
    assert app.pos.records("purchasing_supplier").get("alpine")["contact"] == "Heidi"
    assert all(b"Heidi" not in entry.body for entry in app.pos.journal.read(0, limit=1000))


@pytest.mark.parametrize("seed", [1])
def test_after_any_history_the_orders_agree_with_a_plain_count_and_with_their_rebuild(app: Any, seed: int) -> None:
    chance, came, back = random.Random(seed), 0, 0
    numbers = [sent(app, 120_000) for _ in range(3)]
    for _ in range(15):
        number = chance.choice(numbers)
        qty = chance.randrange(1, 40) * 1_000
        try:
            if chance.random() < 0.6:
                receiving.receive(app.pos, number, [Coming(1, qty)], freight=chance.randrange(500))
                came += qty
            elif chance.random() < 0.8:
                receiving.give_back(app.pos, number, [Going(1, qty)], "chance")
                back += qty
            else:
                app.switch("purchasing", enabled=False)
                app.switch("purchasing", enabled=True)
        except UserError:
            continue
    assert came > back > 0
    rows = app.pos.db.all(select(line).where(line.c.item == MILK))
    assert (sum(r.received for r in rows), sum(r.returned for r in rows)) == (came, back)
    assert all(r.returned <= r.received <= r.qty for r in rows)
    assert stock.on_hand(app.pos, MILK) == came - back
    for name in ("purchasing_order", "stock_ledger"):
        assert app.rebuild(name, swap=False).different == ()
