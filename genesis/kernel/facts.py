"""Facts: typed, versioned and immutable records of what happened; part of the public API.

A body is canonical JSON, stored once; one of an older version is read through the up-caster of its kind. Those of
sales, shifts and payments are here; those of the house are taken along.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from genesis.kernel.cart import Adjustment, LineTax, ReturnOf, SaleMode, Sections, TaxSum, Tender
from genesis.kernel.fact import MANY_LINES, Fact as Fact, RawFact as RawFact
from genesis.kernel.house_facts import (
    AccountCard as AccountCard,
    AccountSaved as AccountSaved,
    PersonErased as PersonErased,
    PluginDisabled as PluginDisabled,
    PluginEnabled as PluginEnabled,
    PluginSuspended as PluginSuspended,
    PluginToggled as PluginToggled,
    ProjectionSkipped as ProjectionSkipped,
    RecordDeleted as RecordDeleted,
    RecordFact as RecordFact,
    RecordSaved as RecordSaved,
    RecordsLoaded as RecordsLoaded,
    RoleSaved as RoleSaved,
    SettingChanged as SettingChanged,
    SignedIn as SignedIn,
    StoreOpened as StoreOpened,
)


class SaleLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sold (or returned, negative) line with everything a receipt or a refund needs.

    base + sum(adjustments) is the amount that was taxed; net + tax = gross is what was paid. under: the line it
    came with (a deposit, an extra, a part of a kit).
    """

    line: str
    item: str
    name: str
    sku: str = ""
    gtin: str = ""
    category: tuple[str, ...] = ()
    qty: int
    unit: str = "pcs"
    price: int | None = None
    extended: int | None = None
    source: str = ""
    tax_class: str | None = None
    base: int
    net: int
    tax: int
    gross: int
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[LineTax, ...] = ()
    note: str = ""
    approver: str = ""
    sections: Sections = {}
    returns: ReturnOf | None = None
    under: str = ""


Row = tuple[str, str, str]  # style, left text, right text: one row of a rendered receipt


class SaleCompleted(Fact, frozen=True, kw_only=True):
    """A sale, a return or an exchange, complete: it can be reprinted and refunded with no plugin at all.

    total = net + tax = sum of the lines' gross; total + rounding = sum of the tenders' amounts.
    offset: minutes east of UTC of the register's clock. business_day: after the store's cut-off hour.
    document: the receipt as rendered, with {number}, {hash} and {copy} left open.
    """

    kind: ClassVar[str] = "sale.completed"
    numbered: ClassVar[bool] = True
    limit: ClassVar[int] = MANY_LINES
    sale: str
    number: str = ""
    store: str
    register: str
    epoch: str
    shift: str
    business_day: str
    offset: int
    mode: SaleMode = "normal"
    currency: str
    actor: str
    approver: str = ""
    customer: str = ""
    person: str = ""
    lines: tuple[SaleLine, ...]
    taxes: tuple[TaxSum, ...] = ()
    discounts: tuple[tuple[str, int], ...] = ()
    tenders: tuple[Tender, ...]
    net: int
    tax: int
    total: int
    rounding: int = 0
    note: str = ""
    sections: Sections = {}
    document: tuple[Row, ...] = ()


class ShiftOpened(Fact, frozen=True, kw_only=True):
    """A shift began with this float; `counted` tells whether somebody counted it. floats: of foreign cash."""

    kind: ClassVar[str] = "shift.opened"
    shift: str
    register: str
    currency: str
    opening_float: int
    counted: bool = False
    floats: dict[str, int] = {}


class CashCount(msgspec.Struct, frozen=True, kw_only=True):
    """Foreign cash at a close, in its minor units: what should be there, what was counted, what stays as float."""

    expected: int
    counted: int | None = None
    over_short: int = 0
    left: int | None = None


class ShiftClosed(Fact, frozen=True, kw_only=True):
    """A shift ended; head and signature seal the journal up to here (Ed25519 over the head's hash).

    z: gapless per register. over_short: counted - expected, booked here (0 where nobody counted). count: what was
    counted, "<currency> <denomination>" -> pieces. left: what stays in the drawer as the next float. total: of all
    sales less returns of this register, never reset. previous: hash of the shift.closed before this one. foreign: the
    cash of other currencies, each by itself.
    """

    kind: ClassVar[str] = "shift.closed"
    shift: str
    register: str
    currency: str
    z: int
    expected: int
    counted: int | None = None
    over_short: int = 0
    count: dict[str, int] = {}
    left: int | None = None
    foreign: dict[str, CashCount] = {}
    total: int = 0
    previous: str = ""
    reason: str = ""
    figures: dict[str, Any] = {}
    head: str = ""
    signature: str = ""
    key: str = ""


class CashMoved(Fact, frozen=True, kw_only=True):
    """Cash (the store's or foreign) put into or taken out of the drawer. reason_kind: paid_in, paid_out, drop."""

    kind: ClassVar[str] = "cash.moved"
    shift: str
    register: str
    currency: str
    amount: int
    reason_kind: str
    reason: str = ""


class ChangeUndone(Fact, frozen=True, kw_only=True):
    """The last change of an open cart was taken back; before and after are its totals.

    of: the cancelled sale whose lines came back as this one, "" for a change within a cart.
    """

    kind: ClassVar[str] = "change.undone"
    sale: str
    shift: str
    currency: str
    before: int
    after: int
    of: str = ""


class LineVoided(Fact, frozen=True, kw_only=True):
    """A line was taken off an open cart."""

    kind: ClassVar[str] = "line.voided"
    sale: str
    line: str
    item: str
    name: str
    qty: int
    amount: int
    currency: str
    approver: str = ""
    reason: str = ""
    shift: str = ""


class CartCancelled(Fact, frozen=True, kw_only=True):
    """A whole cart was given up before it became a sale."""

    kind: ClassVar[str] = "cart.cancelled"
    limit: ClassVar[int] = MANY_LINES
    sale: str
    currency: str
    total: int
    lines: tuple[tuple[str, str, int], ...]
    reason: str = ""
    shift: str = ""


class CartHeld(Fact, frozen=True, kw_only=True):
    """A cart was put aside with goods kept for it, or came back (held: false). sections: what plugins keep of that."""

    kind: ClassVar[str] = "cart.held"
    limit: ClassVar[int] = MANY_LINES
    sale: str
    register: str
    name: str
    held: bool
    sections: dict[str, Any]


class PriceOverridden(Fact, frozen=True, kw_only=True):
    """A person set another price than the one answered (prices in ten-thousandths)."""

    kind: ClassVar[str] = "price.overridden"
    sale: str
    line: str
    item: str
    currency: str
    before: int | None
    after: int
    approver: str = ""
    reason: str = ""
    shift: str = ""


class ReceiptReprinted(Fact, frozen=True, kw_only=True):
    """A copy of a receipt was made; `copy` counts from 1."""

    kind: ClassVar[str] = "receipt.reprinted"
    sale: str
    of: str
    copy: int
    shift: str = ""


class DrawerOpened(Fact, frozen=True, kw_only=True):
    """The cash drawer was opened; `sale` is empty for a no-sale opening."""

    kind: ClassVar[str] = "drawer.opened"
    register: str
    sale: str = ""
    reason: str = ""
    shift: str = ""


class TrainingSwitched(Fact, frozen=True, kw_only=True):
    """Training began or ended at a register: what is rung up meanwhile is not real."""

    kind: ClassVar[str] = "training.switched"
    register: str
    on: bool


class PermissionRefused(Fact, frozen=True, kw_only=True):
    """Somebody asked for what they may not do."""

    kind: ClassVar[str] = "permission.refused"
    permission: str
    resource: str = ""
    reason: str = ""


class PermissionApproved(Fact, frozen=True, kw_only=True):
    """Somebody who may approved what was done in the same append. sale: the cart that was open, if any."""

    kind: ClassVar[str] = "permission.approved"
    permission: str
    resource: str = ""
    approver: str
    sale: str = ""


class PaymentFact(Fact, frozen=True, kw_only=True):
    """Common fields of everything that happens to one payment attempt (amount in minor units, negative: refund).

    tip: of the amount, what is a tip.
    """

    attempt: str
    sale: str
    method: str
    amount: int
    currency: str
    tip: int = 0
    reference: str = ""
    details: dict[str, str] = {}
    reason: str = ""


class PaymentStarted(PaymentFact, frozen=True, kw_only=True):
    """Durable before the first byte goes out; the attempt id is the idempotency key.

    refunds: the attempt it gives back. reversal: because no sale was recorded for that one.
    """

    kind: ClassVar[str] = "payment.started"
    refunds: str = ""
    reversal: bool = False


class PaymentApproved(PaymentFact, frozen=True, kw_only=True):
    """The provider said yes to the whole amount, or to `amount` of it when partial."""

    kind: ClassVar[str] = "payment.approved"
    partial: bool = False


class PaymentTakenOut(PaymentFact, frozen=True, kw_only=True):
    """A payment was taken out of its cart before the sale: its signature was refused, or it is paid another way."""

    kind: ClassVar[str] = "payment.taken_out"


class PaymentDeclined(PaymentFact, frozen=True, kw_only=True):
    """The provider said no; no money moved."""

    kind: ClassVar[str] = "payment.declined"


class PaymentCancelled(PaymentFact, frozen=True, kw_only=True):
    """The attempt was cancelled before money moved, or reversed after it."""

    kind: ClassVar[str] = "payment.cancelled"


class PaymentUnknown(PaymentFact, frozen=True, kw_only=True):
    """Nobody knows whether money moved; to be resolved by the provider, a webhook or a manager."""

    kind: ClassVar[str] = "payment.unknown"


class PaymentFailed(PaymentFact, frozen=True, kw_only=True):
    """The attempt failed before anything was sent; no money moved."""

    kind: ClassVar[str] = "payment.failed"
