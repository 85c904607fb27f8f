"""Codes nobody can guess, and what may be loaded onto and taken from a card."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import bindparam, select

from genesis import (
    Allocation,
    Balance,
    Cart,
    Confirm,
    FieldSpec,
    Guard,
    Item,
    Line,
    Once,
    Pos,
    Refused,
    Slip,
    Tender,
    UserError,
    balances,
    decimal,
    exponent,
)
from genesis_giftcards.models import ME, METHOD, card

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none that is read as another
LENGTH = 16  # of 32 letters: 80 bits
PREFIX = "GC"
NEW = f"{ME}:new"
SPACE = "giftcard"  # guard space: code -> balance in minor units
ISSUED = "giftcard issued"  # guard space: a code is issued once
_SINCE = select(card.c.since).where(card.c.code == bindparam("code"))


class GiftCardSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What may be on a card, and for how long."""

    months_valid: Annotated[int, Meta(title="Months a card is valid", description="0: for ever", ge=0, le=600)] = 0
    most: Annotated[
        Annotated[str, Meta(pattern=r"^[0-9]{1,7}(\.[0-9]{1,3})?$")] | None, Meta(title="Most on one card")
    ] = None
    over: Annotated[
        Literal["refuse", "keep"],
        Meta(title="More is offered than is due", description="keep: what is due is taken, the rest stays on the card"),
    ] = "refuse"


def new_code() -> str:
    """Return a fresh code."""
    return PREFIX + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def is_code(text: str) -> bool:
    """Tell whether a text can be the code of a card."""
    return len(text) == len(PREFIX) + LENGTH and text.startswith(PREFIX) and set(text[2:]) <= set(LETTERS)


def item(pos: Pos, code: str) -> Item | None:
    """Return what a scanned code stands for: a new card, or a top-up of the one that was scanned."""
    text = code.strip().upper()
    if code == NEW:
        return Item(ref=NEW, name="Gift card", category=("Gift card",), face_value=True)
    if not is_code(text):
        return None
    if not pos.journal.holder(ISSUED, text):
        raise Refused("this gift card was never sold here", "sell a new one", "code")
    return Item(ref=f"{ME}:{text}", name="Gift card top-up", category=("Gift card",), face_value=True)


def load(pos: Pos, cart: Cart, line: Line) -> Allocation | None:
    """Return the code that a line loads, and the guards that activate it in the sale's own append."""
    if not line.item.ref.startswith(f"{ME}:"):
        return None
    if line.returns is not None:  # the money goes back, so it comes off the card; refused where it was spent
        sold, back = line.sections[ME], line.returns
        until, before = (sold["amount"] * qty // back.sold for qty in (back.before - line.qty, back.before))
        off = balances.taken_off(pos, until - before, space=SPACE, key=sold["code"], currency=cart.currency,
                                 says=lambda value: f"the card holds {value}")  # fmt: skip
        return Allocation(section={"code": sold["code"], "amount": before - until}, guards=(off,))
    if line.qty % 1_000 or line.qty <= 0:
        raise UserError("a gift card is sold whole", "sell one line for each card", "quantity")
    fresh = line.item.ref == NEW
    if fresh and line.qty != 1_000:
        raise UserError("each gift card is a line of its own", "add another line", "quantity")
    code = new_code() if fresh else line.item.ref.partition(":")[2]
    amount = balances.put_on(pos, cart, line, space=SPACE, key=code, most=_most(pos),
                             needs="a gift card needs an amount",
                             full=lambda most: f"at most {most} may be on a card")  # fmt: skip
    guards: list[Guard] = [Once(ISSUED, code)] if fresh else []
    return Allocation(section={"code": code, "amount": amount}, guards=(*guards, Balance(SPACE, code, amount)))


def _most(pos: Pos) -> int | None:
    """Return how much may be on a card (minor units), None for any amount."""
    most, digits = pos.settings(GiftCardSettings).most, exponent(pos.currency)
    return None if most is None else int(decimal(most, "most", digits).scaleb(digits))


class GiftCards:
    """Paying with a card: its code is scanned or typed, its balance promised by a guard."""

    id = METHOD
    title = "Gift card"
    icon = "gift"
    cash = False

    def __init__(self, pos: Pos) -> None:
        self._pos = pos

    @property
    def keeps(self) -> bool:
        """Whether what is offered beyond what is due stays on the card."""
        return self._pos.settings(GiftCardSettings).over == "keep"

    def slip(self, pos: Pos, cart: Cart, amount: int) -> Slip:
        """Ask for the card and look whether it holds the amount; what it does not hold stays due."""
        if "giftcard" not in pos.hooks.answers:
            field = FieldSpec(name="giftcard", label="Code of the card", required=True)
            raise Confirm("Scan the gift card", "or type what stands under its bars", fields=(field,))
        code = pos.hooks.answers["giftcard"].strip().upper()
        if not is_code(code) or not pos.journal.holder(ISSUED, code):
            raise UserError("this is no gift card of this store", "read the code again", "giftcard")
        if amount > 0:
            self._still_valid(pos, code)
            balances.enough(pos, cart, amount, space=SPACE, method=METHOD, key=code, field="giftcard",
                            says=lambda value: f"the card holds {value}")  # fmt: skip
        return Slip(reference=code, details={"card": f"… {code[-4:]}"})

    def _still_valid(self, pos: Pos, code: str) -> None:
        ends = expiry(pos, code)
        if ends is not None and pos.clock.now().date() > ends:
            raise Refused(f"the card was valid until {ends}", "ask who may make an exception", "giftcard")

    def guards(self, pos: Pos, tender: Tender) -> tuple[Guard, ...]:
        """Take the amount from the balance (or give it back) in the sale's own append."""
        return (balances.spent_from(pos, tender, space=SPACE, currency=pos.currency),)


def expiry(pos: Pos, code: str) -> date | None:
    """Return the last day of a card; None where cards are valid for ever, or it was sold only now."""
    months = pos.settings(GiftCardSettings).months_valid
    rows: list[Any] = pos.db.fast(_SINCE, {"code": code}) if months else []
    if not rows:
        return None
    since = date.fromisoformat(rows[0][0])
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    for day in range(since.day, 0, -1):  # the 31st of a shorter month is its last
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return None
