"""Real invoices of a web shop are sold and taken back again; what was booked is what their rows come to."""

from __future__ import annotations

import os
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain
from pathlib import Path

import pytest

from genesis import Item, SaleCompleted
from genesis.upkeep.doctor import examine, sale_faults
from tests.replay.invoices import Row, read

FIRST, ALL = 150, 5_000
ALSO = frozenset({
    *("A563185", "A563186", "A563187"),  # bad debt, two of them at negative prices
    *("561226", "568200", "568375"),  # a price with three decimals
    *("581483", "C581484"),  # 80,995 pieces sold and cancelled
    "537032",  # nothing but stock written off
})  # fmt: skip
NAME = "GENESIS_TEST_DATA"
pytestmark = pytest.mark.skipif(NAME not in os.environ, reason=f"{NAME} is not set: real invoices are NOT replayed")


def sell(register, rows: list[Row]):
    """Sell (or take back) one invoice at its own prices."""
    for row in rows:
        item = Item(ref=f"replay:{row.code}", name=row.name or row.code, sku=row.code)
        register.add(item, qty=row.quantity * 1_000, unit_price=int(row.price * 10_000))
    register.pay("cash") if register.priced.due else register.complete()


def amount(row: Row) -> Decimal:
    """What a row comes to in whole pence: ties go away from zero."""
    return (row.quantity * row.price).quantize(Decimal("0.01"), ROUND_HALF_UP)


def check(sale: SaleCompleted, rows: list[Row]):
    assert list(sale_faults(sale)) == []
    for line, row in zip(sale.lines, rows, strict=True):
        assert (line.sku, line.qty) == (row.code, row.quantity * 1_000)
        assert Decimal(line.price or 0).scaleb(-4) == row.price
        assert Decimal(line.gross).scaleb(-2) == amount(row)
    assert Decimal(sale.total).scaleb(-2) == sum(map(amount, rows))
    assert [tender.amount for tender in sale.tenders] == ([sale.total] if sale.total else [])


def told(invoices: dict[str, list[Row]], sales: list[SaleCompleted], apart: list[Row], exact: Decimal) -> str:
    booked = Decimal(sum(sale.total for sale in sales)).scaleb(-2)
    kinds = Counter(row.kind for row in apart)
    debt = ", ".join(sorted({row.invoice for row in apart if row.kind == "debt"}))
    stock = ", ".join(f"{row.invoice}/{row.code} {row.quantity}" for row in apart if row.kind == "stock")
    return (
        f"Online Retail: {len(invoices)} invoices, {sum(len(sale.lines) for sale in sales)} lines in {len(sales)}"
        f" receipts, {sum(sale.lines[0].qty < 0 for sale in sales)} of them returns; booked {booked},"
        f" exact sum {exact}, difference by rounding {booked - exact};"
        f" {kinds['debt']} skipped as bad debt: {debt}; {kinds['stock']} stock adjustments, not sold: {stock}"
    )


@pytest.mark.parametrize(
    "first", [FIRST, pytest.param(ALL, marks=[pytest.mark.stress, pytest.mark.timeout(1_800)])]
)  # fmt: skip
def test_invoices_are_booked_at_what_their_rows_come_to(stores, record_property, first):
    invoices = read(Path(os.environ[NAME]) / "online_retail" / "online_retail.csv.gz", first, ALSO)
    sold = {name: kept for name, rows in invoices.items()
            if (kept := [row for row in rows if row.kind in {"sale", "return"}])}  # fmt: skip
    app = stores.new("cash", currency="GBP")
    for rows in sold.values():
        sell(app.register, rows)
    app.close()
    again = stores.open(app, plugins=("cash",))
    sales = [entry.fact for entry in again.raw_journal.scan() if isinstance(entry.fact, SaleCompleted)]

    for sale, rows in zip(sales, sold.values(), strict=True):
        check(sale, rows)
    assert [int(sale.number.rpartition("-")[2]) for sale in sales] == list(range(1, len(sold) + 1))
    assert [finding.text for finding in examine(again) if not finding.ok] == []
    booked = list(chain.from_iterable(sold.values()))
    assert sum(sale.total for sale in sales) == sum(map(amount, booked)) * 100
    apart = [row for row in chain.from_iterable(invoices.values()) if row.kind in {"stock", "debt"}]
    exact = sum((row.quantity * row.price for row in booked), Decimal())
    record_property("covered", told(invoices, sales, apart, exact))
    if first == ALL:
        assert Counter(row.kind for row in apart) == {"stock": 217, "debt": 3}
        assert sum(sale.lines[0].qty < 0 for sale in sales) == 811
