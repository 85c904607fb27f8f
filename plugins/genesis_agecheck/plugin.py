"""Answers `product_fields` with the age limit of a product and asks for it when the product is rung up."""

from __future__ import annotations

from datetime import date
from typing import Any

from genesis import Cart, Confirm, FieldSpec, Line, Pos, Veto, hookimpl, many

ME, YEARS = "agecheck", "years"
MOST = 99


class AgeCheckPlugin:
    """The hook implementations."""

    @hookimpl
    def product_fields(self) -> list[FieldSpec]:
        """The age from which a product may be bought."""
        return [FieldSpec(name=YEARS, label="Sold from the age of", kind="number", suffix="years", half=True)]

    @hookimpl
    def check_line(self, pos: Pos, cart: Cart, line: Line) -> None:
        """Ask once a sale for each limit: who may buy at 18 may buy at 16."""
        years = limit(line)
        asked = [limit(other) for other in cart.lines if other.id != line.id and other.qty > 0]
        if line.qty > 0 and years > max(asked, default=0):
            day = born_by(pos.clock.now().date(), years).isoformat()
            raise Confirm(many("{name}: was the customer born on or before {day} ({count} year)?",
                               "{name}: was the customer born on or before {day} ({count} years)?",
                               years, name=line.item.name, day=day),
                          "look at a document; without one it is not sold", "age")  # fmt: skip

    @hookimpl
    def sale_section(self, pos: Pos, line: Line | None) -> dict[str, Any] | None:
        """Keep with the line which age was asked for, and the day by which the customer had to be born."""
        years = limit(line) if line is not None and line.qty > 0 else 0
        return {YEARS: years, "born_by": born_by(pos.clock.now().date(), years).isoformat()} if years else None


def limit(line: Line) -> int:
    """Return the age limit of what is on a line, 0 without one; Veto where nobody can read it."""
    text = str(line.item.sections.get(ME, {}).get(YEARS) or "0")
    if not (text.isascii() and text.isdigit()) or int(text) > MOST:
        raise Veto(f"{line.item.name}: its age limit {text[:20]!r} is no number of years",
                   "correct the product, then sell it", "age")  # fmt: skip
    return int(text)


def born_by(today: date, years: int) -> date:
    """Return the latest birthday of who is that old today; born on 29 February counts from 1 March on."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)


plugin = AgeCheckPlugin()
