"""What may be done with serial numbers in the back office: name them, take them out, and what a delivery names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import select

from genesis import (
    Appended,
    Arrival,
    Balance,
    Confirm,
    FieldSpec,
    Guard,
    Item,
    Kept,
    Pos,
    Refused,
    UserError,
    item_of,
    many,
    quantity_text,
)
from genesis.hooks import cart as cart_hooks
from genesis_serials.models import (
    LABEL,
    ME,
    STATE,
    STATES,
    SerialRow,
    SerialsMoved,
    SerialsReconciled,
    Why,
    serial as serials,
)
from genesis_stock import service as stock

LEDGER = "serials_serial"
FOLLOWED = "followed"
AT_SALE, FROM_RECEIPT = "sale", "receipt"
CHOICES = (("", "None"), (AT_SALE, "At sale"), (FROM_RECEIPT, "From receipt to sale"))
MOST = 500  # pieces of an item that come or go at once


def followed(item: Item) -> str:
    """Return how an item's pieces are followed: "" (not at all), "sale" or "receipt" (from receipt to sale)."""
    return str(item.sections.get(ME, {}).get(FOLLOWED) or "")


def followed_ref(pos: Pos, ref: str) -> str:
    """Return the same of an item by its ref; one that nobody knows or sells any more is not followed."""
    with suppress(UserError):
        return followed(item_of(pos, ref))
    return ""


def key_of(item: str, serial: str) -> str:
    """Return the key of a guard; a serial number has no blank."""
    return f"{item} {serial}"


def states_of(pos: Pos, item: str, named: Iterable[str]) -> dict[str, str]:
    """Return where each piece is; it never lags behind a sale."""
    wanted = list(named)
    held = pos.journal.held(STATE, [key_of(item, one) for one in wanted])
    return {one: STATES[held.get(key_of(item, one), ("", 0))[1]] for one in wanted}


def becomes(item: str, states: Mapping[str, str], state: str) -> list[Guard]:
    """Return the guards that move pieces from where they are to another state, each once."""
    return [Balance(STATE, key_of(item, one), STATES.index(state) - STATES.index(now), floor=None,
                    was=STATES.index(now)) for one, now in states.items()]  # fmt: skip


def read_serial(pos: Pos, item: str, text: str, field: str) -> str:
    """Return a serial number as it is kept, of a scanned label (GS1, identifier 21) or typed; UserError by field."""
    typed = text.strip()
    found = None
    with suppress(UserError):
        found = pos.hooks.first(cart_hooks.resolve_code)(cart=None, code=typed) if typed else None
    said = found.sections.get(LABEL, {}).get("serial", "") if isinstance(found, Item) else ""
    if said and isinstance(found, Item) and found.ref != item:
        raise UserError(f"serial number: this label is of {found.name}", "scan that of the piece", field)
    typed = said or typed
    if not typed or len(typed) > 40 or not typed.isprintable() or " " in typed:
        raise UserError("serial number: it has 1 to 40 characters and no blanks", "scan it, or type what stands there",
                        field)  # fmt: skip
    return typed


def read_serials(pos: Pos, item: str, text: str, field: str) -> list[str]:
    """Return the serial numbers of a text, one a line or separated by blanks; each once."""
    found = [read_serial(pos, item, one, field) for one in text.split()]
    twice = {one for one in found if found.count(one) > 1}
    if twice:
        raise UserError(f"serial number: {min(twice)} stands there twice", "scan each piece once", field)
    if len(found) > MOST:
        raise UserError(f"serial number: more than {MOST} at once", "do it in parts", field)
    return found


def checked(name: str, states: Mapping[str, str], allowed: Sequence[str], field: str) -> None:
    """Refuse pieces that are in none of these states, with where they are."""
    for one, state in states.items():
        if state not in allowed:
            raise Refused(_stands(one, name, state), "read it again from the piece", field)


def _stands(one: str, name: str, state: str) -> str:
    if state == "here":
        return f"serial number {one} of {name} is here"
    if state == "sold":
        return f"serial number {one} of {name} was sold"
    if state == "moving":
        return f"serial number {one} of {name} is on its way"
    if state == "gone":
        return f"serial number {one} of {name} is not here any more"
    return f"serial number {one} of {name} is not known here"


# -- goods that come and go --------------------------------------------------------------------------------


class Pieces(NamedTuple):
    """Goods of one item whose pieces are wanted. qty: thousandths that come, below zero: go; field: where it is asked.

    named: the pieces, where they are known.
    """

    item: str
    name: str
    qty: int
    field: str
    named: tuple[str, ...]


def wanted(pos: Pos, arrival: Arrival) -> list[Pieces]:
    """Return the goods whose pieces are followed from their receipt on, each item once."""
    found: dict[str, Pieces | None] = {}
    for n, row in enumerate(arrival.rows):
        if row.item not in found:
            ours = followed_ref(pos, row.item) == FROM_RECEIPT
            found[row.item] = Pieces(row.item, row.name, 0, f"{ME}.{n}.{row.item}", ()) if ours else None
        known = found[row.item]
        if known is not None:
            found[row.item] = known._replace(qty=known.qty + row.qty, named=(*known.named, *row.serials))
    return [one for one in found.values() if one is not None]


def pieces_of(pos: Pos, goods: Sequence[Pieces]) -> list[list[str]]:
    """Return the pieces of goods, after asking for those that are not named: as many as there are of each."""
    answers = pos.hooks.answers
    asked = [one for one in goods if one.qty and not one.named and one.field not in answers]
    if asked:
        fields = tuple(FieldSpec(name=one.field, label=f"{quantity_text(abs(one.qty))} × {one.name[:60]}",
                                 kind="lines", required=True, help="One a line") for one in asked)  # fmt: skip
        raise Confirm("Which serial numbers?", "Scan each piece, or type them", fields=fields)
    found = []
    for one in goods:
        text = "\n".join(one.named) if one.named or not one.qty else answers[one.field]
        pieces = read_serials(pos, one.item, text, one.field)
        if len(pieces) * 1_000 != abs(one.qty):
            raise UserError(many("{name}: {count} serial number for a quantity of {qty}",
                                 "{name}: {count} serial numbers for a quantity of {qty}",
                                 len(pieces), name=one.name, qty=quantity_text(abs(one.qty))),
                            "scan each piece once", one.field)  # fmt: skip
        found.append(pieces)
    return found


def arriving(pos: Pos, arrival: Arrival) -> Kept | None:
    """Ask for each piece of goods that come or go, and return what is kept of them."""
    goods = [one for one in wanted(pos, arrival) if one.qty]
    come, go, guards = list[SerialRow](), list[SerialRow](), list[Guard]()
    for one, pieces in zip(goods, pieces_of(pos, goods), strict=True):
        coming = one.qty > 0
        states = states_of(pos, one.item, pieces)
        allowed = ("here",) if not coming else ("moving",) if arrival.why == "arrived" else ("", "gone")
        checked(one.name, states, allowed, one.field)
        if not coming:
            there(pos, one.item, one.name, pieces, arrival.location, one.field)
        (come if coming else go).append(SerialRow(item=one.item, name=one.name, serials=tuple(pieces)))
        guards += becomes(one.item, states, "here" if coming else "moving" if arrival.why == "sent" else "gone")
    facts = [
        SerialsMoved(why=why, day=arrival.day, rows=tuple(rows), told=arrival.supplier, document=arrival.document,
                     location=arrival.location)
        for why, rows in ((_comes(arrival.why), come), (_goes(arrival.why), go)) if rows
    ]  # fmt: skip
    return Kept(facts=tuple(facts), guards=tuple(guards)) if facts else None


def _comes(why: str) -> Why:
    match why:
        case "received" | "opened" | "assembled" | "apart" | "arrived":
            return why
        case _:
            return "found"


def _goes(why: str) -> Why:
    match why:
        case "supplier" | "wasted" | "sent":
            return why
        case "assembled" | "apart":
            return "used"
        case _:
            return "adjusted"


def there(pos: Pos, item: str, name: str, pieces: Sequence[str], location: str, field: str) -> None:
    """Refuse pieces that are known to be at another location."""
    mine = select(serials.c.serial, serials.c.location).where(serials.c.item == item)
    for one, at in pos.db.all(mine.where(serials.c.serial.in_(pieces))):
        if at not in ("", location):
            raise Refused(f"serial number {one} of {name} is at {at}", "choose that location, or transfer it", field)


def name(pos: Pos, code: str, text: str) -> int:
    """Say which pieces are here that are in stock already; returns how many. The stock does not move."""
    pos.permissions.require("stock.change", "named")
    item = item_of(pos, code)
    if not followed(item):
        raise UserError(f"{item.name} has no serial numbers", "say in its form from when on they are followed", "code")
    found = read_serials(pos, item.ref, text, "serials")
    if not found:
        raise UserError("serials: none is named", "scan at least one", "serials")
    states = states_of(pos, item.ref, found)
    checked(item.name, states, ("", "sold", "gone"), "serials")
    _record(pos, "named", SerialRow(item=item.ref, name=item.name, serials=tuple(found)), states, "here")
    return len(found)


def take_out(pos: Pos, item: str, called: str, one: str, reason: str) -> None:
    """Say that a piece is not here any more (lost, or sold without its number); the stock does not move."""
    pos.permissions.require("stock.change", "missing")
    if not reason.strip():
        raise UserError("reason: it is needed", "say why", "reason")
    states = states_of(pos, item, [one])
    checked(called, states, ("here",), "serial")
    _record(pos, "missing", SerialRow(item=item, name=called, serials=(one,)), states, "gone", reason)


def _record(
    pos: Pos, why: Why, row: SerialRow, states: Mapping[str, str], state: str, told: str = ""
) -> Appended:  # fmt: skip
    at = stock.places(pos)[0] if state == "here" else ""
    fact = SerialsMoved(why=why, day=stock.today(pos), rows=(row,), told=told.strip()[:200], location=at)
    done = pos.journal.append(fact, guards=becomes(row.item, states, state))
    stock.shown(pos, done, LEDGER)
    return done


# -- after the plugin was off ------------------------------------------------------------------------------


def reconcile(pos: Pos) -> int:
    """Set the guards to what the tables say where they differ; returns how many did.

    Sales made while this plugin was off moved none. Where a sale comes between, it is compared again; raises
    GuardRefused when one always did.
    """
    return stock.until_equal(lambda: _differing(pos), lambda part: _set(pos, part))


def _set(pos: Pos, wrong: Sequence[tuple[str, int, int]]) -> None:
    guards = [Balance(STATE, key, delta, floor=None, was=was) for key, delta, was in wrong]
    pos.journal.append(SerialsReconciled(rows=tuple((key, delta) for key, delta, _ in wrong)), guards=guards)


def _differing(pos: Pos) -> list[tuple[str, int, int]]:
    """Return (key, how far it must move, what it is); the guards are read first: a sale between makes them differ."""
    every = select(serials.c.item, serials.c.serial, serials.c.state)
    held = pos.journal.held(STATE, [key_of(row.item, row.serial) for row in pos.db.all(every)])
    pos.journal.wait(pos.journal.raw.pos(), LEDGER, timeout=60)
    found = []
    for row in pos.db.all(every):
        key, should = key_of(row.item, row.serial), STATES.index(row.state)
        now = held.get(key, ("", 0))[1]
        if should != now:
            found.append((key, should - now, now))
    return found
