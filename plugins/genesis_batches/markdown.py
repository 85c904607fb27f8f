"""Lowers the price of what is close to its expiry, by the store's own table: days left -> percent, by category."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Column, Integer, Table, Text, select

from genesis import Adjustment, Basket, Pos, Records, UserError, decimal, round_div
from genesis_batches.choice import plan
from genesis_batches.models import METADATA
from genesis_batches.settings import BatchSettings
from genesis_stock.categories import innermost
from genesis_stock.service import today

rule = Table(
    "batches_markdown", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("category", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("percent", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
_RULES = select(rule.c.category, rule.c.days, rule.c.percent).order_by(rule.c.category, rule.c.days)


def checked(row: dict[str, Any]) -> dict[str, Any]:
    """Return a rule as it is kept; UserError names the field."""
    category = str(row.get("category") or "").strip()
    days = decimal(str(row.get("days") or "0"), "days", 0)
    if not 0 <= days <= 365:
        raise UserError("days: they are out of range", "use 0 (its last day) to 365", "days")
    percent = decimal(str(row.get("percent") or ""), "percent", 2)
    if not 0 < percent <= 100:
        raise UserError("percent: it is out of range", "use more than 0, and at most 100", "percent")
    return {"category": category[:80], "days": int(days), "percent": f"{percent.normalize():f}"}


def keys(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what belongs to a rule alone: its category and days."""
    return [("markdown of a category and days", f"{row['category'].casefold()} {row['days']}")]


RULES = Records(name="batches_markdown", title="Markdown", table=rule, check=checked, unique=keys, rank=25,
                permission="batches.markdown")  # fmt: skip


class Rules:
    """The table of the store as it is now."""

    def __init__(self, pos: Pos) -> None:
        self.known: dict[str, list[tuple[int, str]]] = {}
        for category, days, percent in pos.db.fast(_RULES, {}):
            self.known.setdefault(category.casefold(), []).append((days, percent))
        self.day = date.fromisoformat(today(pos))

    def percent(self, category: tuple[str, ...], expiry: str) -> str:
        """Return the percentage for goods of these categories (outermost first), "" for none.

        The innermost category that has a rule for so few days counts, and of its rules the one for the fewest days.
        """
        left = (date.fromisoformat(expiry) - self.day).days
        said = innermost(category, lambda name: next((p for days, p in self.known.get(name, ()) if left <= days), None))
        return said or ""


def adjustments(pos: Pos, basket: Basket) -> list[Adjustment] | None:
    """Return the markdowns of a cart: each part of a line by the date of the batch that it takes."""
    if basket.stage != "line" or not (rules := Rules(pos)).known:
        return None
    labelled = pos.settings(BatchSettings).markdown_labelled_only
    found = []
    for line in basket.cart.lines:
        amount = basket.amounts.get(line.id, 0)
        said = line.item.sections.get("catalog", {})
        if amount <= 0 or line.qty <= 0 or (labelled and not said.get("batch") and not said.get("expiry")):
            continue
        taken = plan(pos, basket.cart, line)
        for code, qty in taken.parts:
            expiry = taken.dates.get(code, "")
            percent = rules.percent(line.item.category, expiry) if expiry else ""
            if percent:
                off = round_div(Fraction(amount * qty, line.qty) * Fraction(percent) / 100)
                reason = f"Best before {expiry}: {percent} % off"
                found.append(Adjustment(line=line.id, amount=-off, reason=reason))
    return found or None
