"""What the till asks about serial numbers: which piece is sold, and which one comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from genesis import (
    Allocation,
    Block,
    Cart,
    Confirm,
    FieldSpec,
    Line,
    Pos,
    Problem,
    Refused,
    Row,
    SaleCompleted,
    SaleLine,
    UserError,
    Veto,
    taken,
)
from genesis_serials.ledger import named
from genesis_serials.models import LABEL, ME
from genesis_serials.service import (
    FROM_RECEIPT,
    becomes,
    checked,
    followed,
    followed_ref,
    read_serial,
    states_of,
    there,
)
from genesis_stock.service import places

MOST = 20  # pieces of one line
AGAIN = "void the line and add it again"


def check_line(pos: Pos, cart: Cart, line: Line) -> dict[str, Any] | None:
    """Return the pieces of a line, as its label says or after asking; refuse one that is not here, or sold already."""
    if not followed(line.item):
        return None
    count = _count(line.item.name, line.qty)
    label = line.item.sections.get(LABEL, {}).get("serial", "")
    if label and count > 1:
        raise Veto(f"{line.item.name}: this label is of one piece", "scan each piece", "quantity")
    known = [label] if label else list(line.sections.get(ME, {}).get("serials", ()))
    found = _asked(pos, line.item.ref, line.item.name, f"{ME}.{line.id}", known, count)
    others = {one for other in cart.lines if other.id != line.id and other.item.ref == line.item.ref
              for one in other.sections.get(ME, {}).get("serials", ())}  # fmt: skip
    if others.intersection(found):
        raise UserError(f"serial number {min(others.intersection(found))} is on this sale already",
                        "scan another piece", f"{ME}.{line.id}.{count - 1}")  # fmt: skip
    field = f"{ME}.{line.id}.{count - 1}"
    allowed = _sellable(followed(line.item)) if line.qty > 0 else ("", "sold", "gone")
    checked(line.item.name, states_of(pos, line.item.ref, found), allowed, field)
    if line.qty > 0 and followed(line.item) == FROM_RECEIPT:
        there(pos, line.item.ref, line.item.name, found, places(pos)[0], field)
    return {"serials": found}


def _sellable(how: str) -> tuple[str, ...]:
    return ("here",) if how == FROM_RECEIPT else ("", "here", "gone")


def _count(name: str, qty: int) -> int:
    count, rest = divmod(abs(qty), 1_000)
    if rest or count > MOST:
        raise Veto(f"{name}: each piece has a serial number", f"use whole pieces, at most {MOST} a line", "quantity")
    return count


def _asked(pos: Pos, ref: str, called: str, field: str, known: Sequence[str], count: int) -> list[str]:
    """Return as many pieces as there are: the known ones; where they are too many or too few, ask."""
    answers = pos.hooks.answers
    if len(known) > count:
        kept = FieldSpec(name=field, label="Which stay?", kind="options", choices=tuple(known), least=count, most=count)
        if field not in answers:
            raise Confirm(f"{called[:60]}: which serial numbers?", fields=(kept,))
        return taken(kept, answers[field])
    fields = tuple(FieldSpec(name=f"{field}.{n}", label="Serial number", required=True)
                   for n in range(len(known), count))  # fmt: skip
    if any(one.name not in answers for one in fields):
        raise Confirm(f"{called[:60]}: which serial number?", "Scan it, or type what stands there", fields=fields)
    found = [*known, *(read_serial(pos, ref, answers[one.name], one.name) for one in fields)]
    if len(set(found)) < len(found):
        raise UserError("serial number: one stands there twice", "scan each piece once", f"{field}.{count - 1}")
    return found


def problems(cart: Cart) -> list[Problem] | None:
    """Say before money is taken which line was added while nobody asked for its serial number."""
    found = [Problem(text=f"{line.item.name}: its serial number is missing", remedy=AGAIN) for line in cart.lines
             if line.returns is None and followed(line.item) and not _pieces(line)]  # fmt: skip
    return found or None


def _pieces(line: Line | SaleLine) -> list[str]:
    found = [str(one) for one in line.sections.get(ME, {}).get("serials", ())]
    return found if len(found) * 1_000 == abs(line.qty) else []


def check_return(pos: Pos, sale: SaleCompleted, lines: tuple[SaleLine, ...]) -> dict[str, dict[str, Any]] | None:
    """Return the pieces that come back, after asking for them: they must be those that were sold."""
    kept = {}
    for line in lines:
        sold = named(next(one for one in sale.lines if one.line == line.line))
        if not sold and not followed_ref(pos, line.item):
            continue
        field = f"{ME}.back.{line.line}"
        found = _asked(pos, line.item, line.name, field, (), _count(line.name, line.qty))
        for n, one in enumerate(found if sold else ()):
            if one not in sold:
                raise Refused(f"serial number {one} is not on {sale.number}", "it goes back on its own receipt",
                              f"{field}.{n}")  # fmt: skip
        back = states_of(pos, line.item, found)
        checked(line.name, back, ("sold",) if sold else ("", "here", "sold", "gone"), f"{field}.{len(found) - 1}")
        kept[line.line] = {"serials": found}
    return kept or None


def allocate(pos: Pos, cart: Cart, line: Line) -> Allocation | None:
    """Return the pieces of a line with the guards that none is sold twice, and that what comes back was away."""
    found = _pieces(line)
    if cart.mode != "normal" or not found:
        return None
    states = states_of(pos, line.item.ref, found)
    if line.qty > 0:  # another register sold it while this cart was paid
        checked(line.item.name, states, _sellable(followed(line.item)), "serial")
    guards = becomes(line.item.ref, states, "sold" if line.qty > 0 else "here")
    return Allocation(section={"serials": found}, guards=tuple(guards))


def blocks(sale: SaleCompleted) -> list[Block] | None:
    """Print the serial numbers below the lines."""
    rows: list[Row] = [("small", f"  {line.name}", f"S/N {one}") for line in sale.lines for one in _pieces(line)]
    return [Block(slot="lines", rows=tuple(rows), order=40)] if rows else None
