"""Real grocery baskets with loyalty cards and coupons are sold again at what their customers paid."""

from __future__ import annotations

import os
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from genesis import Item, SaleCompleted, SaleLine, UserError, plain
from genesis.testkit.stores import as_plugin
from genesis.upkeep.doctor import examine, sale_faults
from tests.replay.baskets import Row, packaged, read
from tests.replay.plugin import ID, Replay

FIRST, ALL = 150, 2_000
ALSO = (
    31_198_991_902,  # three coupons worth more than their lines
    34_749_153_595,  # the largest quantity: 89,638
)
COUNTED = {"sales": 6_160_111, "loyalty": 1_033_071, "match": 3_037, "coupon": 13_841}  # of ALL and ALSO, by pandas
NAME = "GENESIS_TEST_DATA"


def ring_up(register, row: Row):
    shelf = row.sales + row.loyalty + row.match
    taken = {"loyalty": row.loyalty, "match": row.match, "coupon": row.coupon}
    item = Item(ref=f"replay:{row.product}", name=f"Product {row.product}", sections={ID: taken})
    register.add(item, qty=row.quantity * 1_000, extended_amount=shelf)


def sell(register, rows: list[Row]) -> list[Row]:
    """Sell one basket; returns the rows that the register refused."""
    refused = []
    for row in rows:
        try:
            ring_up(register, row)
        except UserError as error:
            if error.field != "quantity":
                raise
            refused.append(row)
    if register.cart is not None:
        register.pay("cash") if register.priced.due else register.complete()
    return refused


def off(line: SaleLine, reason: str) -> int:
    return -sum(a.amount for a in line.adjustments if a.reason == reason)


def check(sale: SaleCompleted, rows: list[Row]):
    """Compare a stored sale with its basket: pays sales - coupon, by the line unless a coupon goes beyond its own."""
    assert list(sale_faults(sale)) == []
    assert [(x.item, x.qty) for x in sale.lines] == [(f"replay:{r.product}", r.quantity * 1_000) for r in rows]
    spread = any(row.coupon > row.sales for row in rows)
    for line, row in zip(sale.lines, rows, strict=True):
        assert line.extended == line.base == row.sales + row.loyalty + row.match
        assert (off(line, "Loyalty"), off(line, "Coupon match")) == (row.loyalty, row.match)
        assert {(a.author, a.stage) for a in line.adjustments} <= {(ID, "line"), (ID, "coupon")}
        assert line.gross >= 0
        assert spread or (off(line, "Coupon"), line.gross) == (row.coupon, row.sales - row.coupon)
    assert sum(off(line, "Coupon") for line in sale.lines) == sum(row.coupon for row in rows)
    assert sale.total == sum(row.sales - row.coupon for row in rows)


def told(baskets: dict[int, list[Row]], sales: list[SaleCompleted], refused: list[Row]) -> str:
    lines = [line for sale in sales for line in sale.lines]
    sums = Counter(a.reason for line in lines for a in line.adjustments)
    amounts = {reason: plain(sum(off(line, reason) for line in lines), 2) for reason in sorted(sums)}
    most = max(line.qty for line in lines) // 1_000
    return (
        f"Complete Journey: {len(baskets)} baskets, {len(lines)} lines of up to {most} pieces"
        f" ({sum(line.gross == 0 for line in lines)} at 0.00), {len(refused)} refused for quantity 0;"
        f" shelf {plain(sum(line.base for line in lines), 2)}, less "
        + ", ".join(f"{reason} {amounts[reason]} ({sums[reason]})" for reason in amounts)
        + f", paid {plain(sum(sale.total for sale in sales), 2)};"
        f" refused: {', '.join(f'{row.basket}/{row.product}' for row in refused)}"
    )


@pytest.mark.parametrize(
    "first", [FIRST, pytest.param(ALL, marks=[pytest.mark.stress, pytest.mark.timeout(900)])]
)  # fmt: skip
def test_baskets_are_sold_at_what_the_customers_paid(stores, record_property, first):
    baskets = read(packaged(), first, also=ALSO)
    extra = as_plugin(Replay(), ID)
    app = stores.new("cash", extra=extra, currency="USD")
    refused = list(chain.from_iterable(sell(app.register, rows) for rows in baskets.values()))
    app.close()
    again = stores.open(app, plugins=("cash",), extra=extra)
    sales = [entry.fact for entry in again.raw_journal.scan() if isinstance(entry.fact, SaleCompleted)]

    assert refused == [row for row in chain.from_iterable(baskets.values()) if row.quantity == 0]
    sold = [kept for rows in baskets.values() if (kept := [row for row in rows if row.quantity])]
    for sale, rows in zip(sales, sold, strict=True):
        check(sale, rows)
    assert [int(sale.number.rpartition("-")[2]) for sale in sales] == list(range(1, len(sold) + 1))
    assert [finding.text for finding in examine(again) if not finding.ok] == []
    record_property("covered", told(baskets, sales, refused))
    if first == ALL:
        assert (len(baskets), sum(map(len, sold)), len(refused)) == (2_001, 20_594, 97)
        rows = list(chain.from_iterable(sold))
        sums = [sum(row[i] for row in rows) for i in range(3, 7)]
        assert dict(zip(Row._fields[3:], sums, strict=True)) == COUNTED


@pytest.mark.stress
@pytest.mark.skipif(NAME not in os.environ, reason=f"{NAME} is not set: the two copies are NOT compared")
def test_both_published_copies_tell_the_same_baskets():
    other = Path(os.environ[NAME]) / "complete_journey" / "transactions.parquet"
    assert read(packaged(), ALL, also=ALSO) == read(other, ALL, also=ALSO)
