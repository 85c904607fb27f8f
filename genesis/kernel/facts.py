"""Facts: typed, versioned and immutable records of what happened; part of the public API.

A body is canonical JSON, stored once; one of an older version is read through the up-caster of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec

from genesis.kernel.cart import Adjustment, LineTax, ReturnOf, SaleMode, Sections, TaxSum, Tender

MANY_LINES = 4 * 1024 * 1024
Upcast = Callable[[dict[str, Any]], dict[str, Any]]


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of every fact.

    kind: its public name. version: of the body's shape. upcasts: version n -> function that turns a body
    of version n into one of n + 1. numbered: the append gives it the register's next receipt number. limit:
    bytes of its body; pictures and attachments are files, so only what has up to 2,000 lines needs more.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    upcasts: ClassVar[Mapping[int, Upcast]] = {}
    numbered: ClassVar[bool] = False
    limit: ClassVar[int] = 256 * 1024


class RawFact(Fact, frozen=True, kw_only=True):
    """A fact of a kind that nothing here knows (its plugin is missing); the bytes stay as they are."""

    kind: ClassVar[str] = "raw"
    name: str
    body: bytes


class SaleLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sold (or returned, negative) line with everything a receipt or a refund needs.

    base + sum(adjustments) is the amount that was taxed; net + tax = gross is what was paid.
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
    """A shift began with this float; `counted` tells whether somebody counted it."""

    kind: ClassVar[str] = "shift.opened"
    shift: str
    register: str
    currency: str
    opening_float: int
    counted: bool = False


class ShiftClosed(Fact, frozen=True, kw_only=True):
    """A shift ended; head and signature seal the journal up to here (Ed25519 over the head's hash)."""

    kind: ClassVar[str] = "shift.closed"
    shift: str
    register: str
    currency: str
    z: int
    expected: int
    counted: int | None = None
    figures: dict[str, Any] = {}
    head: str = ""
    signature: str = ""
    key: str = ""


class CashMoved(Fact, frozen=True, kw_only=True):
    """Cash put into or taken out of the drawer outside a sale. reason_kind: paid_in, paid_out, drop."""

    kind: ClassVar[str] = "cash.moved"
    shift: str
    register: str
    currency: str
    amount: int
    reason_kind: str
    reason: str = ""


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


class CartCancelled(Fact, frozen=True, kw_only=True):
    """A whole cart was given up before it became a sale."""

    kind: ClassVar[str] = "cart.cancelled"
    limit: ClassVar[int] = MANY_LINES
    sale: str
    currency: str
    total: int
    lines: tuple[tuple[str, str, int], ...]
    reason: str = ""


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


class ReceiptReprinted(Fact, frozen=True, kw_only=True):
    """A copy of a receipt was made; `copy` counts from 1."""

    kind: ClassVar[str] = "receipt.reprinted"
    sale: str
    of: str
    copy: int


class DrawerOpened(Fact, frozen=True, kw_only=True):
    """The cash drawer was opened; `sale` is empty for a no-sale opening."""

    kind: ClassVar[str] = "drawer.opened"
    register: str
    sale: str = ""
    reason: str = ""


class PermissionRefused(Fact, frozen=True, kw_only=True):
    """Somebody asked for what they may not do."""

    kind: ClassVar[str] = "permission.refused"
    permission: str
    resource: str = ""
    reason: str = ""


class PaymentFact(Fact, frozen=True, kw_only=True):
    """Common fields of everything that happens to one payment attempt (amount in minor units, negative: refund)."""

    attempt: str
    sale: str
    method: str
    amount: int
    currency: str
    reference: str = ""
    details: dict[str, str] = {}
    reason: str = ""


class PaymentStarted(PaymentFact, frozen=True, kw_only=True):
    """Durable before the first byte goes out; the attempt id is the idempotency key."""

    kind: ClassVar[str] = "payment.started"
    refunds: str = ""


class PaymentApproved(PaymentFact, frozen=True, kw_only=True):
    """The provider said yes to the whole amount, or to `amount` of it when partial."""

    kind: ClassVar[str] = "payment.approved"
    partial: bool = False


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


class PluginToggled(Fact, frozen=True, kw_only=True):
    """Common fields of a plugin being switched on or off. heads: journal position of every stream then."""

    plugin: str
    release: str = ""
    why: str = ""
    heads: dict[str, int] = {}


class PluginEnabled(PluginToggled, frozen=True, kw_only=True):
    """A plugin was switched on; since: projection -> "start" or "enabled", the choice that a rebuild repeats."""

    kind: ClassVar[str] = "plugin.enabled"
    since: dict[str, str] = {}


class PluginDisabled(PluginToggled, frozen=True, kw_only=True):
    """A plugin was switched off; its data stay."""

    kind: ClassVar[str] = "plugin.disabled"


class PluginSuspended(Fact, frozen=True, kw_only=True):
    """The breaker took a plugin out after too many faults."""

    kind: ClassVar[str] = "plugin.suspended"
    plugin: str
    hook: str
    cause: str


class ProjectionSkipped(Fact, frozen=True, kw_only=True):
    """An admin told a projection to leave one fact out (stream and seq name the fact)."""

    kind: ClassVar[str] = "projection.skipped"
    projection: str
    stream: str
    seq: int
    why: str


class SettingChanged(Fact, frozen=True, kw_only=True):
    """A setting of the kernel ("store") or of a plugin changed; secrets are never in it."""

    kind: ClassVar[str] = "setting.changed"
    scope: str
    key: str
    before: Any = None
    after: Any = None


class AccountSaved(Fact, frozen=True, kw_only=True):
    """An account may sign in; the secret's hash is not in the fact."""

    kind: ClassVar[str] = "account.saved"
    account: str
    name: str
    roles: tuple[str, ...] = ()
    active: bool = True


class RoleSaved(Fact, frozen=True, kw_only=True):
    """A role and the permissions it grants."""

    kind: ClassVar[str] = "role.saved"
    role: str
    permissions: tuple[str, ...]


class SignedIn(Fact, frozen=True, kw_only=True):
    """Somebody signed in at this register, or failed to."""

    kind: ClassVar[str] = "account.signed_in"
    account: str
    ok: bool


class PersonErased(Fact, frozen=True, kw_only=True):
    """The key of a person was destroyed; what was encrypted with it reads None from now on."""

    kind: ClassVar[str] = "person.erased"
    person: str
    why: str = ""


class StoreOpened(Fact, frozen=True, kw_only=True):
    """The first fact of a data folder, or of an epoch after a restore."""

    kind: ClassVar[str] = "store.opened"
    store: str
    register: str
    epoch: str
    currency: str


class RecordFact(Fact, frozen=True, kw_only=True):
    """Common fields of a change of master data. record: the record type's name; rev counts from 1.

    sealed: values encrypted with the key of `person` (base64), read back as None after the person is erased.
    """

    record: str
    id: str
    rev: int
    person: str = ""
    sealed: str = ""


class RecordSaved(RecordFact, frozen=True, kw_only=True):
    """A record was created or changed; before holds only the values that differ."""

    kind: ClassVar[str] = "record.saved"
    values: dict[str, Any]
    before: dict[str, Any] | None = None


class RecordDeleted(RecordFact, frozen=True, kw_only=True):
    """A record was deleted; before is its last state."""

    kind: ClassVar[str] = "record.deleted"
    before: dict[str, Any] | None = None


class RecordsLoaded(Fact, frozen=True, kw_only=True):
    """One chunk of a bulk import; rows hold full values and their new revision under "rev"."""

    kind: ClassVar[str] = "records.loaded"
    record: str
    rows: tuple[dict[str, Any], ...]
    source: str = ""
