"""Topping a tag up and paying with it: the tag says which it is, the guards say what is on it."""

from __future__ import annotations

from typing import Annotated, Literal

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
    balances,
    business_today,
    decimal,
    exponent,
    originals,
    plain,
)
from genesis_tap import tags
from genesis_tap.models import ME, METHOD, TagTurnedAway, tag_table

SPACE = "tap"  # guard space: tag -> balance in minor units
ISSUED = "tap issued"  # guard space: tag -> the maker's number of it
STATE = "tap state"  # guard space: tag -> 0 open, 1 blocked, 2 replaced for ever
COUNT = "tap count"  # guard space: tag -> the count that is known to stand on it; it only rises
RETURNED = "tap returned"  # guard space: tender id -> minor units of it that went back onto its tag
BACK = "back "  # in the details of a tender that gives back: how much of which tender
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
        Sum | None, Meta(title="Most a tag pays in a business day", description="What a copied tag could cost at worst")
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


def held(pos: Pos, code: str, field: str) -> tags.Held:
    """Return the tag that lies at the reader; refused where it is forged, a copy, or not taken."""
    found = tags.read(key_of(pos), code)
    if found is None or not found.genuine or pos.journal.holder(ISSUED, found.tag) != found.uid:
        raise TurnedAway("forged", found, field)
    if found.count < pos.journal.balance(COUNT, found.tag):
        raise TurnedAway("copy", found, field)
    if state(pos, found.tag) != OPEN:
        raise Refused("this tag is blocked", "pay another way; the office can say why", field)
    return found


class TurnedAway(Refused):
    """A tag that was not written by the store, or is a copy of one that was."""

    def __init__(self, why: Literal["forged", "copy"], found: tags.Held | None, field: str) -> None:
        if why == "forged":
            super().__init__("this is no tag of this store", "hold it to the reader again, or pay another way", field)
        else:
            what = "this tag lacks its last payment, so it is a copy"
            super().__init__(what, "pay another way; the office can block it, or write on it again", field)
        self.why, self.found = why, found


def item(pos: Pos, code: str) -> Item | None:
    """Return what a tag that is held to the reader stands for: its top-up."""
    if not tags.looks_signed(code):
        return None
    tag = held(pos, code, "code").tag
    return Item(ref=f"{ME}:{tag}", name="Tag top-up", category=("Tag",), face_value=True)


def load(pos: Pos, cart: Cart, line: Line) -> Allocation | None:
    """Return what a line puts onto a tag, and the guards that do it in the sale's own append."""
    if not line.item.ref.startswith(f"{ME}:"):
        return None
    if line.returns is not None:  # the money goes back, so it comes off the tag; refused where it was spent
        sold = line.sections[ME]
        tag, amount = heir_of(pos, sold["tag"]), sold["amount"]
        off = balances.taken_off(pos, amount, space=SPACE, key=tag, currency=cart.currency,
                                 says=lambda value: f"the tag holds {value}")  # fmt: skip
        return Allocation(section={"tag": tag, "amount": -amount}, guards=(is_open(tag), off))
    tag = line.item.ref.partition(":")[2]
    if line.qty != 1_000:
        raise UserError("a top-up is one line", "void the line and add it with its whole amount", "quantity")
    most = limit(pos, pos.settings(TapSettings).most, "most")
    amount = balances.put_on(pos, cart, line, space=SPACE, key=tag, most=most, needs="a top-up needs an amount",
                             full=lambda value: f"at most {value} may be on a tag")  # fmt: skip
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
            field = FieldSpec(name="tap", label="Tag", kind="secret", required=True)
            raise Confirm("Hold the tag to the reader", "it is read at once", fields=(field,))
        found = _let_in(pos, pos.hooks.answers["tap"])
        tag = found.tag
        back = _given_back(pos, cart, tag, -amount) if amount < 0 else {}
        if amount > 0:
            self._holds(pos, cart, tag, amount)
        shown = {"brand": self.title, "last4": tag[-4:], "entry": "contactless"}
        return Slip(reference=tag, details=shown | {"count": str(found.count)} | back)

    def _holds(self, pos: Pos, cart: Cart, tag: str, amount: int) -> None:
        digits = exponent(cart.currency)
        balances.enough(pos, cart, amount, space=SPACE, method=METHOD, key=tag, field="tap",
                        says=lambda value: f"the tag holds {value}")  # fmt: skip
        used = balances.used(cart, METHOD, tag)
        daily = limit(pos, pos.settings(TapSettings).daily, "daily")
        left = amount if daily is None else daily - used - pos.journal.balance(DAY, today(pos, tag))
        if amount > left:
            what = f"today the tag may pay {plain(max(left, 0), digits)} more"
            raise UserError(what, "take that much, the rest another way", "tap")

    def guards(self, pos: Pos, tender: Tender) -> tuple[Guard, ...]:
        """Take the amount from the tag (or give it back) in the sale's own append."""
        if state(pos, tender.reference) != OPEN:
            what = "this tag was blocked since it was read"
            raise Refused(what, "take this payment back and pay another way; the office can say why", "tap")
        guards = (is_open(tender.reference), _no_copy(pos, tender),
                  balances.spent_from(pos, tender, space=SPACE, currency=pos.currency))  # fmt: skip
        if tender.amount < 0:
            back = {key.removeprefix(BACK): int(part) for key, part in tender.details.items() if key.startswith(BACK)}
            return (*guards, *(Balance(RETURNED, key, part, was=pos.journal.balance(RETURNED, key))
                               for key, part in back.items()))  # fmt: skip
        daily = limit(pos, pos.settings(TapSettings).daily, "daily")  # counted even where there is no limit yet
        return (*guards, Balance(DAY, today(pos, tender.reference), tender.amount, ceiling=daily))


def _let_in(pos: Pos, code: str) -> tags.Held:
    """Return the tag that is to pay; one that is turned away is put on record."""
    try:
        return held(pos, code, "tap")
    except TurnedAway as refusal:
        if (found := refusal.found) is not None:
            day = business_today(pos)
            pos.journal.append(TagTurnedAway(tag=found.tag, uid=found.uid, count=found.count, why=refusal.why, day=day))
        raise


def count_of(tender: Tender) -> int:
    """Return the count that was read from the tag that paid."""
    return int(tender.details.get("count", "0"))


def _no_copy(pos: Pos, tender: Tender) -> Guard:
    """Return the promise that nobody has written on the tag since it was read; refused where that is known."""
    known = pos.journal.balance(COUNT, tender.reference)
    if known > count_of(tender):
        what = "another payment was written on this tag since it was read"
        raise Refused(what, "take this payment back and hold the tag to the reader again", "tap")
    return Balance(COUNT, tender.reference, 0, was=known)


def today(pos: Pos, tag: str) -> str:
    """Return the key under which stands what a tag paid this business day."""
    return f"{tag} {business_today(pos)}"


def heir_of(pos: Pos, tag: str) -> str:
    """Return the tag to which all of a tag was moved, also by way of others; itself where it was not."""
    if state(pos, tag) != REPLACED:
        return tag
    heirs = select(tag_table.c.tag, tag_table.c.heir).where(tag_table.c.heir.is_not(None))
    followed = dict(tuple(row) for row in pos.db.all(heirs))
    while tag in followed:
        tag = followed[tag]
    return tag


def _given_back(pos: Pos, cart: Cart, tag: str, amount: int) -> dict[str, str]:
    """Return which payments of a tag, and of those it replaced, an amount gives back; refused where it is more."""
    paid = [one.tender for one in originals(pos, cart)
            if one.tender.method == METHOD and heir_of(pos, one.tender.reference) == tag]  # fmt: skip
    if not paid:
        what = "this was not paid with this tag"
        raise Refused(what, "hold the tag that paid to the reader, or give it back another way", "tap")
    parts: dict[str, str] = {}
    for tender in paid:
        key = f"{BACK}{tender.id}"
        left = tender.amount - pos.journal.balance(RETURNED, tender.id)
        left -= sum(int(t.details.get(key, "0")) for t in cart.tenders)
        if part := min(left, amount):
            parts[key], amount = str(part), amount - part
    if amount:
        what = f"{plain(sum(map(int, parts.values())), exponent(cart.currency))} of this can go back onto the tag"
        raise UserError(what, "give that much back onto it, the rest as it was paid", "tap")
    return parts
