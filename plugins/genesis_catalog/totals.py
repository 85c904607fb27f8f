"""What an import comes to: agreed to before anything is written, and taken once more from what was written."""

from __future__ import annotations

from typing import Any

import msgspec

from genesis import Money, OpeningStock, Pos, exponent, quantity_text, round_ratio
from genesis_catalog.models import PRODUCTS
from genesis_catalog.undo import LOADED

E7 = 10**7


class Totals(msgspec.Struct):
    """Control totals. codes: of the products that are created or changed, all of them.

    units (thousandths), value (ten-millionths): the stock that products begin with; None where the list says nothing
    of it, or nobody keeps stock.
    """

    created: int = 0
    changed: int = 0
    codes: int = 0
    units: int | None = None
    value: int | None = None


def written(pos: Pos, source: str, after: int, stock: OpeningStock | None) -> Totals:
    """Return what an import wrote past a position of the journal, from the facts themselves."""
    found = Totals()
    for entry in pos.journal.raw.scan(after):
        fact: Any = entry.fact if entry.kind == LOADED else None
        if fact is not None and fact.record == PRODUCTS.name and fact.source == source:
            new = sum(row["rev"] == 1 for row in fact.rows)
            found.created += new
            found.changed += len(fact.rows) - new
            found.codes += sum(len(row["codes"]) for row in fact.rows)
    if stock is not None:
        found.units, found.value = stock.recorded(source, after)
    return found


def worth(pos: Pos, value: int) -> str:
    """Return a value of stock in the store's currency."""
    return str(Money(round_ratio(value * 10 ** exponent(pos.currency), E7), pos.currency))


def differences(pos: Pos, agreed: Totals, found: Totals) -> list[str]:
    """Return where two totals differ, in words; nothing where they agree."""
    pairs = zip(shown(pos, agreed), shown(pos, found), strict=False)
    told = [f"{what}: agreed {one}, written {other}" for (what, one), (_, other) in pairs if one != other]
    return told or ([] if agreed == found else ["stock: it was agreed otherwise than it is written"])


def shown(pos: Pos, totals: Totals) -> list[tuple[str, str]]:
    """Return totals as what and how much."""
    rows = [("New", str(totals.created)), ("Changed", str(totals.changed)), ("Codes", str(totals.codes))]
    if totals.units is not None:
        rows += [("Units", quantity_text(totals.units)), ("Stock value", worth(pos, totals.value or 0))]
    return rows
