"""Topping a tag up and paying with it: the tag says which it is, the guards say what is on it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import select

from genesis import (
    Allocation,
    Balance,
    Cart,
    Confirm,
    FieldSpec,
    Guard,
    Item,
    Line,
    Pos,
    Refused,
    Slip,
    Tender,
    UserError,
    decimal,
    exponent,
    extended,
    originals,
    plain,
)
from genesis_tap import tags
from genesis_tap.models import ME, METHOD, tag_table

SPACE = "tap"  # guard space: tag -> balance in minor units
ISSUED = "tap issued"  # guard space: tag -> the maker's number of it
STATE = "tap state"  # guard space: tag -> 0 open, 1 blocked, 2 replaced for ever
DAY = "tap day"  # guard space: tag and day -> minor units paid
OPEN, BLOCKED, REPLACED = 0, 1, 2
Sum = Annotated[str, Meta(pattern=r"^[0-9]{1,7}(\.[0-9]{1,3})?$")]


class TapSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The store's key, and how much a tag may hold and pay."""

    key: Annotated[
        str,
        Meta(
            title="Key of the tags",
            description="The environment variable that holds it, 32 characters or more",
            extra={"secret": True},
        ),
    ] = ""
    most: Annotated[Sum | None, Meta(title="Most on one tag")] = None
    daily: Annotated[
        Sum | None, Meta(title="Most a tag pays in a day", description="What a copied tag could cost at worst")
    ] = None


def key_of(pos: Pos) -> str:
    """Return the store's key; refused where there is none that is long enough."""
    key = pos.settings(TapSettings).key
    if len(key) < tags.LEAST_KEY:
        raise Refused(
            "the key of the tags is not set on this register",
            f"set the environment variable that the setting key names, {tags.LEAST_KEY} characters or more",
            "key",
        )
    return key


def limit(pos: Pos, typed: str | None, name: str) -> int | None:
    """Return a limit of the settings in minor units, None where there is none."""
    digits = exponent(pos.currency)
    return None if typed is None else int(decimal(typed, name, digits).scaleb(digits))


def state(pos: Pos, tag: str) -> int:
    """Return whether a tag is open, blocked or replaced."""
    return pos.journal.balance(STATE, tag)


def is_open(tag: str) -> Guard:
    """Return the promise that a tag is neither blocked nor replaced."""
    return Balance(STATE, tag, 0, was=OPEN)


def tag_of(pos: Pos, code: str, field: str) -> str:
    """Return the tag that lies at the reader; refused where it is forged, copied to another tag, or not taken."""
    uid, tag = tags.read(key_of(pos), code)
    if not tag or pos.journal.holder(ISSUED, tag) != uid:
        raise UserError("this is no tag of this store", "hold the tag to the reader again, or pay another way", field)
    if state(pos, tag) != OPEN:
        raise Refused("this tag is blocked", "pay another way; the office can say why", field)
    return tag


def item(pos: Pos, code: str) -> Item | None:
    """Return what a tag that is held to the reader stands for: its top-up."""
    if not tags.looks_signed(code):
        return None
    tag = tag_of(pos, code, "code")
    return Item(ref=f"{ME}:{tag}", name="Tag top-up", category=("Tag",), face_value=True)


def load(pos: Pos, cart: Cart, line: Line) -> Allocation | None:
    """Return what a line puts onto a tag, and the guards that do it in the sale's own append."""
    if not line.item.ref.startswith(f"{ME}:"):
        return None
    if line.returns is not None:  # the money goes back, so it comes off the tag; refused where it was spent
        sold = line.sections[ME]
        tag, amount = sold["tag"], -sold["amount"]
        return Allocation(section={"tag": tag, "amount": amount}, guards=(is_open(tag), Balance(SPACE, tag, amount)))
    tag, digits = line.item.ref.partition(":")[2], exponent(cart.currency)
    if line.qty != 1_000:
        raise UserError("a top-up is one line", "void the line and add it with its whole amount", "quantity")
    amount = line.extended if line.extended is not None else extended(line.qty, line.price or 0, digits)
    if amount <= 0:
        raise UserError("a top-up needs an amount", "enter its price", "price")
    most = limit(pos, pos.settings(TapSettings).most, "most")
    if most is not None and pos.journal.balance(SPACE, tag) + amount > most:
        raise Refused(f"at most {plain(most, digits)} may be on a tag", "load less", "price")
    return Allocation(section={"tag": tag, "amount": amount},
                      guards=(is_open(tag), Balance(SPACE, tag, amount, ceiling=most)))  # fmt: skip


class Tap:
    """Paying with a tag: it is held to the reader, its balance is promised by a guard."""

    id = METHOD
    title = "Tag"
    icon = "nfc"
    cash = False

    def slip(self, pos: Pos, cart: Cart, amount: int) -> Slip:
        """Ask for the tag and look whether it holds the amount; what it does not hold stays due."""
        if "tap" not in pos.hooks.answers:
            field = FieldSpec(name="tap", label="Tag", required=True)
            raise Confirm("Hold the tag to the reader", "it is read at once", fields=(field,))
        tag = tag_of(pos, pos.hooks.answers["tap"], "tap")
        if amount < 0:
            _paid_by(pos, cart, tag)
        else:
            self._holds(pos, cart, tag, amount)
        return Slip(reference=tag, details={"brand": self.title, "last4": tag[-4:], "entry": "contactless"})

    def _holds(self, pos: Pos, cart: Cart, tag: str, amount: int) -> None:
        digits = exponent(cart.currency)
        used = sum(t.amount for t in cart.tenders if t.method == METHOD and t.reference == tag)
        holds = pos.journal.balance(SPACE, tag) - used
        if amount > holds:
            raise UserError(f"the tag holds {plain(holds, digits)}", "take that much, the rest another way", "tap")
        daily = limit(pos, pos.settings(TapSettings).daily, "daily")
        left = amount if daily is None else daily - used - pos.journal.balance(DAY, today(pos, tag))
        if amount > left:
            what = f"today the tag may pay {plain(max(left, 0), digits)} more"
            raise UserError(what, "take that much, the rest another way", "tap")

    def guards(self, pos: Pos, tender: Tender) -> tuple[Guard, ...]:
        """Take the amount from the tag (or give it back) in the sale's own append."""
        guards = (is_open(tender.reference), Balance(SPACE, tender.reference, -tender.amount))
        if tender.amount < 0:
            return guards
        daily = limit(pos, pos.settings(TapSettings).daily, "daily")  # counted even where there is no limit yet
        return (*guards, Balance(DAY, today(pos, tender.reference), tender.amount, ceiling=daily))


def today(pos: Pos, tag: str) -> str:
    """Return the key under which stands what a tag paid today."""
    return f"{tag} {pos.clock.now().date()}"


def _paid_by(pos: Pos, cart: Cart, tag: str) -> None:
    """Refuse to give money back onto a tag that neither paid the receipts of a cart nor replaced one that did."""
    payers = {one.tender.reference for one in originals(pos, cart) if one.tender.method == METHOD}
    heirs = select(tag_table.c.tag, tag_table.c.heir).where(tag_table.c.heir.is_not(None))
    followed = dict(tuple(row) for row in pos.db.all(heirs))
    for payer in payers:
        heir = payer
        while heir in followed:
            heir = followed[heir]
        if heir == tag:
            return
    what = "this was not paid with this tag"
    raise Refused(what, "hold the tag that paid to the reader, or give it back another way", "tap")
