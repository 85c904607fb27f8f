"""Shifts: every sale belongs to the one that was open when it was made, fixed for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import uuid_utils
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from genesis.hooks.values import ReportSection
from genesis.kernel import reporting
from genesis.kernel.entries import FactRef
from genesis.kernel.errors import UserError
from genesis.kernel.facts import CashCount, CashMoved, ShiftClosed, ShiftOpened
from genesis.kernel.foreign import ForeignCash
from genesis.kernel.guards import Once
from genesis.kernel.limits import MAX_MINOR
from genesis.kernel.settings import StoreSettings

if TYPE_CHECKING:
    from genesis.kernel.entries import Entry
    from genesis.kernel.persons import Keys
    from genesis.kernel.pos import Pos
    from genesis.kernel.providers import PaymentMethod

SPACE = "shift"
LAST = "z"  # state space: register -> what its last close left behind; guard space: "<register>/<number>"
MOVES = {"paid_in": 1, "paid_out": -1, "drop": -1}


class Shifts:
    """The shifts of one register (by its name); the current one stands in the kernel's state."""

    def __init__(self, pos: Pos, register: str, store: str, keys: Keys, methods: Mapping[str, PaymentMethod]) -> None:
        self._pos, self.register, self._store, self._keys = pos, register, store, keys
        self._methods = methods

    def current(self) -> str:
        """Return the open shift, "" where there is none."""
        return str(self._pos.journal.state(SPACE, self.register, ""))

    def ensure(self) -> str:
        """Return the open shift; the first sale opens one with float 0 where the store does not count floats."""
        shift = self.current()
        if shift:
            return shift
        if self._pos.settings(StoreSettings).counted_shifts:
            raise UserError("no shift is open", "open a shift with a counted float first", "shift")
        return self._open(0, counted=False)

    def foreign(self) -> dict[str, ForeignCash]:
        """Return the foreign cash that is taken here, by currency."""
        return {m.currency: m for m in self._methods.values() if isinstance(m, ForeignCash)}

    def open(self, opening_float: int, floats: Mapping[str, int] | None = None) -> str:
        """Open a shift with a counted float (minor units). floats: of foreign cash, by currency."""
        self._pos.permissions.require("till.open")
        if self.current():
            raise UserError("a shift is open already", "close it first", "shift")
        if min(opening_float, *(floats or {}).values(), 0) < 0:
            raise UserError("float: it cannot be negative", "count again", "float")
        _in_range("float", opening_float, *(floats or {}).values())
        return self._open(opening_float, floats, counted=True)

    def _open(self, opening_float: int, floats: Mapping[str, int] | None = None, *, counted: bool) -> str:
        shift = str(uuid_utils.uuid7())
        self._pos.journal.append(
            ShiftOpened(shift=shift, register=self.register, currency=self._pos.currency,
                        opening_float=opening_float, counted=counted,
                        floats={currency: amount for currency, amount in (floats or {}).items() if amount}),
            state=[(SPACE, self.register, shift)],
        )  # fmt: skip
        return shift

    def move_cash(self, kind: str, amount: int, reason: str, currency: str = "") -> None:
        """Put cash in or take it out: paid_in, paid_out or drop; amount in minor units, positive.

        currency: of foreign cash; "" for the store's.
        """
        self._pos.permissions.require("till.move_cash", kind)
        if kind not in MOVES or amount <= 0:
            raise UserError("amount: it must be more than zero", "use paid_in, paid_out or drop", "amount")
        _in_range("amount", amount)
        self._pos.journal.append(
            CashMoved(shift=self.ensure(), register=self.register, currency=currency or self._pos.currency,
                      amount=MOVES[kind] * amount, reason_kind=kind, reason=reason)
        )  # fmt: skip

    def x_report(self) -> list[ReportSection]:
        """Return the figures of the open shift, changing nothing."""
        self._pos.permissions.require("till.read")
        shift = self.current()
        if not shift:
            raise UserError("no shift is open", "the first sale opens one", "shift")
        self._settle()
        return reporting.x_report(self._pos, shift, self._pos.currency)

    def close(
        self, counted: int | None = None, *, count: Mapping[str, int] | None = None, left: int | None = None,
        reason: str = "", foreign: Mapping[str, tuple[int | None, int | None]] | None = None,
    ) -> ShiftClosed:  # fmt: skip
        """Close the shift: a gapless Z number, the figures, and a signature over the journal's head.

        counted: all cash in the drawer, in minor units; count: pieces by denomination; left: what stays in it; foreign:
        currency -> (counted, left). The difference is booked, never refused: a close is not held up by cents.
        """
        self._pos.permissions.require("till.close")
        shift = self.current()
        if not shift:
            raise UserError("no shift is open", "", "shift")
        given = dict(foreign or {})
        for name, (found, stays) in {"left": (counted, left), **{f"left {c}": v for c, v in given.items()}}.items():
            if stays is not None and not 0 <= stays <= (stays if found is None else max(found, 0)):
                raise UserError("what stays cannot be more than was counted", "count again", name)
            _in_range("counted", found or 0, stays or 0)
        self._settle()
        figures = reporting.shift_figures(self._pos, shift)
        journal, expected = self._pos.journal, reporting.expected_cash(figures)
        _, head = journal.raw.head(journal.stream)
        signature, key = self._keys.sign(head)
        last = self.last()
        number = last.get("z", 0) + 1
        others = {c: counted_cash(figures, c, *given.get(c, (None, None)))
                  for c in {*reporting.foreign_cash(figures), *given}}  # fmt: skip
        fact = ShiftClosed(
            shift=shift, register=self.register, currency=self._pos.currency, z=number,
            expected=expected, counted=counted, over_short=0 if counted is None else counted - expected,
            count=dict(count or {}), left=left, foreign=dict(sorted(others.items())),
            total=last.get("total", 0) + figures.get("documents", (0, 0))[1],
            previous=self._hash_of(number - 1), reason=reason, figures={k: list(v) for k, v in sorted(figures.items())},
            head=head.hex(), signature=signature, key=key,
        )  # fmt: skip
        kept = {"z": fact.z, "total": fact.total, "left": left, "floats": {c: x.left for c, x in others.items()}}
        journal.append(fact, guards=[Once(LAST, f"{self.register}/{number}")],
                       state=[(SPACE, self.register, ""), (LAST, self.register, kept)])  # fmt: skip
        return fact

    def _hash_of(self, number: int) -> str:
        """Return the hash of an earlier close, by which the next one names it."""
        ref = self._pos.journal.holder(LAST, f"{self.register}/{number}")
        entry = self._pos.journal.entry(FactRef.parse(ref)) if ref else None
        return entry.hash.hex() if entry else ""

    def last(self) -> dict[str, Any]:
        """Return what the last close left behind: z, total, left (the next float), floats of foreign cash."""
        found: dict[str, Any] = self._pos.journal.state(LAST, self.register, {})
        return found

    def _settle(self) -> None:
        self._pos.journal.wait(self._pos.journal.raw.pos(), reporting.TILL, timeout=30)


def _in_range(field: str, *amounts: int) -> None:
    """Refuse an amount that nobody has in a drawer: a code scanned into its field would spoil the sums for good."""
    if any(abs(amount) > MAX_MINOR for amount in amounts):
        raise UserError("amount: it is out of range", "check what was typed or scanned", field)


def counted_cash(
    figures: dict[str, tuple[int, int]], currency: str, counted: int | None, left: int | None
) -> CashCount:
    """Return the close of one foreign currency."""
    expected = reporting.expected_cash(figures, currency)
    return CashCount(expected=expected, counted=counted, over_short=0 if counted is None else counted - expected,
                     left=left)  # fmt: skip


def signature_fault(entry: Entry, key: str = "") -> str:
    """Return what is wrong with the seal of a closed shift, "" if it holds and covers the fact before it.

    key: the store's public key in hexadecimal, where it is known; a seal by another key is none.
    """
    fact: Any = entry.fact
    if not isinstance(fact, ShiftClosed):
        return ""
    if bytes.fromhex(fact.head) != entry.prev:
        return "it seals another place of the journal"
    if key and fact.key != key:
        return "it was sealed with another key than the store's"
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(fact.key)).verify(
            bytes.fromhex(fact.signature), bytes.fromhex(fact.head)
        )
    except (InvalidSignature, ValueError):
        return "its signature does not hold"
    return ""
